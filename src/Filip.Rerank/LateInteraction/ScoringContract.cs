namespace Filip.Rerank.LateInteraction;

/// <summary>What a score is, by name: kept in the model's manifest and in the index stamp.</summary>
/// <remarks>
/// <para>Query tokens g_1..g_n, patches f_1..f_m, real ones only. Maxima start at minus infinity. With several
/// templates the score is the plain mean of each template's score (of scores, never of tokens).</para>
/// <para>Weights: <c>filip-t2i</c> is sum w_t m_t / sum w_t, <c>colbert-sum</c> is sum w_t m_t (m_t the token's maximum);
/// everywhere a weight of 0 leaves the token out, and in maxima over tokens weights are otherwise unused.</para>
/// </remarks>
public sealed record ScoringContract
{
    private ScoringContract(string name, ScoringMeasure measure, string meaning)
    {
        Name = name;
        Measure = measure;
        Meaning = meaning;
    }

    /// <summary>FILIP's text to image score, the default: mean over tokens of the best dot product with any patch.</summary>
    public static ScoringContract FilipT2I { get; } =
        new("filip-t2i", ScoringMeasure.TextToImage, "mean over tokens of the best dot product with any patch");

    /// <summary>FILIP's image to text score: mean over patches of the best dot product with any token.</summary>
    public static ScoringContract FilipI2T { get; } =
        new("filip-i2t", ScoringMeasure.ImageToText, "mean over patches of the best dot product with any token");

    /// <summary>The mean of both directions.</summary>
    public static ScoringContract FilipMean { get; } =
        new("filip-mean", ScoringMeasure.Mean, "mean of filip-t2i and filip-i2t");

    /// <summary>ColBERT's score: sum over tokens of the best dot product with any patch.</summary>
    public static ScoringContract ColbertSum { get; } =
        new("colbert-sum", ScoringMeasure.Sum, "sum over tokens of the best dot product with any patch");

    /// <summary>Image to text as Wukong- and DeCLIP-era exports have it: padding tokens are rows of zeros.</summary>
    public static ScoringContract ZeroPadI2T { get; } =
        new("zero-pad-i2t", ScoringMeasure.ZeroPadImageToText, "filip-i2t where padding counts as rows of zeros");

    /// <summary>The dual-tower baseline: dot product of the two pooled vectors as given.</summary>
    public static ScoringContract Pooled { get; } =
        new("pooled", ScoringMeasure.Pooled, "dot product of the pooled vectors");

    /// <summary>The baseline without a trained head: cosine of the mean patch and the mean token.</summary>
    public static ScoringContract PooledMean { get; } =
        new("pooled-mean", ScoringMeasure.PooledMean, "cosine of the mean patch row and the mean token row");

    /// <summary>Every contract, the default first.</summary>
    public static IReadOnlyList<ScoringContract> All { get; } =
        [FilipT2I, FilipI2T, FilipMean, ColbertSum, ZeroPadI2T, Pooled, PooledMean];

    /// <summary>Its name, as written in manifests.</summary>
    public string Name { get; }

    /// <summary>One line for people.</summary>
    public string Meaning { get; }

    /// <summary>True where patch rows are compared with token rows; false for the pooled baselines.</summary>
    public bool IsLateInteraction => Measure is not (ScoringMeasure.Pooled or ScoringMeasure.PooledMean);

    /// <summary>Whether rows of special tokens ([CLS], [BOS] and their like) count; a manifest may say no.</summary>
    /// <value>The default is true, as public code has it. Whoever makes the query tokens leaves the rows out.</value>
    public bool CountsSpecialTokens { get; init; } = true;

    internal ScoringMeasure Measure { get; }

    internal bool NeedsTokenMaxima => Measure is ScoringMeasure.TextToImage or ScoringMeasure.Sum or ScoringMeasure.Mean;

    internal bool NeedsPatchMaxima =>
        Measure is ScoringMeasure.ImageToText or ScoringMeasure.ZeroPadImageToText or ScoringMeasure.Mean;

    /// <summary>The contract of this name.</summary>
    /// <param name="name">Exactly as in <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No contract has this name.</exception>
    public static ScoringContract Parse(string name) => TryParse(name) ?? throw new ArgumentException(
        $"No scoring contract is called '{name}'. Expected one of: {string.Join(", ", All.Select(contract => contract.Name))}.",
        nameof(name));

    /// <summary>The contract of this name, or null.</summary>
    /// <param name="name">Exactly as in <see cref="All"/>.</param>
    public static ScoringContract? TryParse(string? name) => All.FirstOrDefault(contract => contract.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The arithmetic behind a contract.</summary>
internal enum ScoringMeasure
{
    TextToImage,
    ImageToText,
    Mean,
    Sum,
    ZeroPadImageToText,
    Pooled,
    PooledMean,
}
