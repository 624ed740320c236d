namespace Filip.Relevance.Statistics;

/// <summary>What may be chosen about the statistics.</summary>
public sealed record StatisticsOptions
{
    /// <summary>Decides every random draw.</summary>
    /// <value>The default is 20260101.</value>
    public ulong Seed { get; init; } = 20260101;

    /// <summary>Random sign patterns of the randomisation test where not all are counted.</summary>
    /// <value>The default is 10,000. From 1,000 to 10,000,000.</value>
    public int Permutations { get; init; } = 10_000;

    /// <summary>Resamples of the bootstrap.</summary>
    /// <value>The default is 10,000. From 1,000 to 10,000,000.</value>
    public int Resamples { get; init; } = 10_000;

    internal void Validate()
    {
        foreach (var (name, value) in new[] { (nameof(Permutations), Permutations), (nameof(Resamples), Resamples) })
        {
            if (value is < 1_000 or > 10_000_000)
            {
                throw new ArgumentOutOfRangeException(name, value, "Expected 1,000 to 10,000,000; 10,000 serves most.");
            }
        }
    }
}

/// <summary>Two systems on the same queries: by how much they differ, and how sure that is.</summary>
/// <remarks>
/// Differences are b − a. Where the differences have no spread (or there is one query only), t, its p and the effect
/// sizes do not exist: they are null, not 0.
/// </remarks>
public sealed record PairedComparison
{
    /// <summary>Number of queries.</summary>
    public required int Count { get; init; }

    /// <summary>Mean of a.</summary>
    public required double MeanA { get; init; }

    /// <summary>Mean of b.</summary>
    public required double MeanB { get; init; }

    /// <summary>Mean difference.</summary>
    public required double Delta { get; init; }

    /// <summary>Standard deviation of the differences, with n − 1; null for one query.</summary>
    public required double? SdDelta { get; init; }

    /// <summary>Queries on which b is better.</summary>
    public required int Wins { get; init; }

    /// <summary>Queries on which both are the same.</summary>
    public required int Ties { get; init; }

    /// <summary>Queries on which b is worse.</summary>
    public required int Losses { get; init; }

    /// <summary>Paired t.</summary>
    public required double? T { get; init; }

    /// <summary>Two-sided p of <see cref="T"/>.</summary>
    public required double? PT { get; init; }

    /// <summary>95 % interval of the mean difference by Student's t.</summary>
    public required Interval? TInterval { get; init; }

    /// <summary>Effect size of paired samples: mean difference over the standard deviation of the differences.</summary>
    public required double? Dz { get; init; }

    /// <summary>Mean difference over the mean of both standard deviations.</summary>
    public required double? Dav { get; init; }

    /// <summary>Mean difference over the pooled standard deviation, as if unpaired.</summary>
    public required double? Ds { get; init; }

    /// <summary>Fisher's randomisation test.</summary>
    public required RandomisationResult Randomisation { get; init; }

    /// <summary>95 % bootstrap interval of the mean difference.</summary>
    public required Interval Ci95 { get; init; }

    /// <summary>Two-sided sign test, ties left out; null where all are ties.</summary>
    public required double? PSign { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="a">Values of a, one a query.</param>
    /// <param name="b">Values of b for the same queries in the same order.</param>
    /// <param name="options">Seed and numbers of draws.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there is nothing.</exception>
    public static PairedComparison Of(IReadOnlyList<double> a, IReadOnlyList<double> b, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count != b.Count || a.Count == 0)
        {
            throw new ArgumentException($"{a.Count} values of a and {b.Count} of b; expected as many of each, at least one.");
        }

        options ??= new StatisticsOptions();
        options.Validate();
        double[] differences = [.. a.Zip(b, (x, y) => y - x)];
        double delta = differences.Average();
        double? sd = Spread(differences);
        double? spread = sd > SmallestSpread(a, b) ? sd : null;
        double? standardError = spread / Math.Sqrt(differences.Length);
        double? t = delta / standardError;
        int freedom = differences.Length - 1;
        int wins = differences.Count(d => d > 0);
        int losses = differences.Count(d => d < 0);
        return new PairedComparison
        {
            Count = a.Count,
            MeanA = a.Average(),
            MeanB = b.Average(),
            Delta = delta,
            SdDelta = sd,
            Wins = wins,
            Ties = differences.Length - wins - losses,
            Losses = losses,
            T = t,
            PT = t is { } value ? StudentTail.TwoSided(value, freedom) : null,
            TInterval = standardError is { } error ? Around(delta, StudentTail.Critical(0.05, freedom) * error) : null,
            Dz = delta / spread,
            Dav = spread is null ? null : delta / ((Spread(a) + Spread(b)) / 2),
            Ds = spread is null ? null : delta / Math.Sqrt((Square(Spread(a)) + Square(Spread(b))) / 2),
            Randomisation = SignRandomisation.Test(differences, options.Permutations, options.Seed),
            Ci95 = BootstrapInterval.OfMean(differences, options.Resamples, options.Seed),
            PSign = SignTest.TwoSided(wins, losses),
        };
    }

    private static Interval Around(double middle, double half) => new(middle - half, middle + half);

    private static double Square(double? value) => value.GetValueOrDefault() * value.GetValueOrDefault();

    private static double? Spread(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>Below this a spread is the rounding of equal differences, and dividing by it would print noise.</summary>
    private static double SmallestSpread(IReadOnlyList<double> a, IReadOnlyList<double> b) =>
        1e-14 * a.Concat(b).Max(Math.Abs);
}
