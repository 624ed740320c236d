namespace Filip.Relevance.Statistics;

/// <summary>Random bits that are the same for a seed on every machine and every .NET (SplitMix64, by Steele, Lea and Flood).</summary>
internal struct SeededBits(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number below <paramref name="bound"/>; the bias of the multiplication is below 2^-32 × bound.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);
}
