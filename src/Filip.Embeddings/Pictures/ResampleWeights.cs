namespace Filip.Embeddings.Pictures;

/// <summary>For each new position along one side: which old ones it is made of, and their weights in 22 bits.</summary>
/// <remarks>
/// As Pillow: weights are worked out and brought to a sum of 1 in double precision, then rounded to 22 bits of
/// fraction, halves away from zero. A side that keeps its length is copied.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Bits of fraction; with 8 bits of value and two of headroom they fill a signed 32-bit sum.</summary>
    public const int Bits = 22;

    private readonly int _stride;
    private readonly int[] _values;
    private readonly int[] _first;
    private readonly int[] _count;

    /// <summary>Works out the weights of a stretch of new positions.</summary>
    /// <param name="from">Old length.</param>
    /// <param name="to">New length.</param>
    /// <param name="filter">Any filter but <see cref="ResizeFilter.Nearest"/>.</param>
    /// <param name="start">First new position that is wanted.</param>
    /// <param name="length">How many are.</param>
    public ResampleWeights(int from, int to, ResizeFilter filter, int start, int length)
    {
        double scale = (double)from / to;
        double stretch = Math.Max(scale, 1.0);
        double support = Support(filter) * stretch;
        _stride = from == to ? 1 : ((int)Math.Ceiling(support) * 2) + 1;
        _values = new int[_stride * length];
        (_first, _count) = (new int[length], new int[length]);
        double[] weights = new double[_stride];
        for (int index = 0; index < length; index++)
        {
            if (from == to)
            {
                (_first[index], _count[index], _values[index]) = (start + index, 1, 1 << Bits);
                continue;
            }

            double centre = (start + index + 0.5) * scale;
            int first = Math.Max((int)(centre - support + 0.5), 0);
            int count = Math.Min((int)(centre + support + 0.5), from) - first;
            double sum = 0;
            for (int tap = 0; tap < count; tap++)
            {
                weights[tap] = Weight(filter, (tap + first - centre + 0.5) * (1.0 / stretch));
                sum += weights[tap];
            }

            for (int tap = 0; tap < count; tap++)
            {
                double weight = (sum != 0 ? weights[tap] / sum : weights[tap]) * (1 << Bits);
                _values[(index * _stride) + tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            (_first[index], _count[index]) = (first, count);
        }
    }

    /// <summary>First old position that any new one needs.</summary>
    public int Begin => _first[0];

    /// <summary>One past the last old position that any new one needs.</summary>
    public int End => _first[^1] + _count[^1];

    /// <summary>First old position of a new one.</summary>
    public int First(int index) => _first[index];

    /// <summary>The weights of a new position, from its first old one on.</summary>
    public ReadOnlySpan<int> Of(int index) => _values.AsSpan(index * _stride, _count[index]);

    private static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear or ResizeFilter.Hamming => 1,
        ResizeFilter.Bicubic => 2,
        ResizeFilter.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "The filter has no weights."),
    };

    private static double Weight(ResizeFilter filter, double x)
    {
        // The box alone is not symmetric: of two equally near positions it takes one.
        if (filter == ResizeFilter.Box)
        {
            return x is > -0.5 and <= 0.5 ? 1 : 0;
        }

        double distance = Math.Abs(x);
        return filter switch
        {
            ResizeFilter.Bilinear => distance < 1 ? 1 - distance : 0,
            ResizeFilter.Hamming => Hamming(distance),
            ResizeFilter.Bicubic => Bicubic(distance),
            _ => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        };
    }

    private static double Hamming(double distance)
    {
        if (distance == 0)
        {
            return 1;
        }

        double angle = distance * Math.PI;
        return distance < 1 ? Math.Sin(angle) / angle * (0.54 + (0.46 * Math.Cos(angle))) : 0;
    }

    private static double Bicubic(double distance)
    {
        const double A = -0.5;
        if (distance < 1)
        {
            return ((((A + 2) * distance) - (A + 3)) * distance * distance) + 1;
        }

        return distance < 2 ? ((((distance - 5) * distance) + 8) * distance - 4) * A : 0;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
