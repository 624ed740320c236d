using System.Runtime.InteropServices;

namespace Filip.Relevance.Statistics;

/// <summary>The p-value of a randomisation test.</summary>
/// <param name="P">Share of the sign patterns at least as far from 0 as what was observed, two-sided.</param>
/// <param name="Patterns">Number of patterns looked at.</param>
/// <param name="Exact">True where these were all there are.</param>
public readonly record struct RandomisationResult(double P, long Patterns, bool Exact)
{
    /// <summary>Standard error of <see cref="P"/>; 0 where it is exact.</summary>
    public double StandardError => Exact ? 0 : Math.Sqrt(P * (1 - P) / Patterns);
}

/// <summary>Fisher's randomisation test of paired differences: were the signs an accident?</summary>
/// <remarks>
/// Differences of 0 change nothing and are left out. With at most <see cref="MostExact"/> others every pattern is
/// counted; with more, random ones are, and p = (hits + 1) / (patterns + 1), which is never 0.
/// </remarks>
public static class SignRandomisation
{
    /// <summary>Most differences other than 0 for which all 2^n patterns are counted.</summary>
    public const int MostExact = 20;

    private const int Group = 8;
    private const int Patterns = 1 << Group;

    /// <summary>Tests the differences.</summary>
    /// <param name="differences">b − a, query by query.</param>
    /// <param name="permutations">Random patterns where not all are counted, at least 1.</param>
    /// <param name="seed">Decides the random patterns.</param>
    public static RandomisationResult Test(ReadOnlySpan<double> differences, int permutations, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        double[] moved = [.. differences.ToArray().Where(d => d != 0)];
        double size = moved.Sum(Math.Abs);
        double observed = Math.Abs(moved.Sum());

        // Sums in another order differ in their last bits; a pattern as far out as the observed one must count.
        double reached = observed - (1e-12 * observed) - (1e-15 * size);
        double[] tables = SignedSums(moved);
        if (moved.Length <= MostExact)
        {
            long all = 1L << moved.Length;
            return new RandomisationResult((double)CountAll(tables, moved.Length, reached) / all, all, Exact: true);
        }

        long hits = CountRandom(tables, permutations, seed, reached);
        return new RandomisationResult((hits + 1.0) / (permutations + 1.0), permutations, Exact: false);
    }

    /// <summary>For each group of eight differences, their sum under each of the 256 sign patterns.</summary>
    /// <remarks>One byte of random bits then signs and adds eight differences in one look-up.</remarks>
    private static double[] SignedSums(ReadOnlySpan<double> differences)
    {
        double[] tables = new double[(differences.Length + Group - 1) / Group * Patterns];
        for (int i = 0; i < differences.Length; i++)
        {
            var table = tables.AsSpan(i / Group * Patterns, Patterns);
            int bit = 1 << (i % Group);
            for (int pattern = 0; pattern < Patterns; pattern++)
            {
                table[pattern] += (pattern & bit) != 0 ? -differences[i] : differences[i];
            }
        }

        return tables;
    }

    private static long CountAll(ReadOnlySpan<double> tables, int length, double reached)
    {
        long hits = 0;
        for (long pattern = 0; pattern < 1L << length; pattern++)
        {
            double sum = 0;
            for (int table = 0, shift = 0; table < tables.Length; table += Patterns, shift += Group)
            {
                sum += tables[table + (int)((pattern >> shift) & (Patterns - 1))];
            }

            hits += Math.Abs(sum) >= reached ? 1 : 0;
        }

        return hits;
    }

    private static long CountRandom(ReadOnlySpan<double> tables, int permutations, ulong seed, double reached)
    {
        long hits = 0;
        var bits = new SeededBits(seed);
        Span<ulong> words = new ulong[(tables.Length / Patterns / sizeof(ulong)) + 1];
        var pattern = MemoryMarshal.AsBytes(words);
        for (int i = 0; i < permutations; i++)
        {
            foreach (ref ulong word in words)
            {
                word = bits.Next();
            }

            double sum = 0;
            for (int table = 0, group = 0; table < tables.Length; table += Patterns, group++)
            {
                sum += tables[table + pattern[group]];
            }

            hits += Math.Abs(sum) >= reached ? 1 : 0;
        }

        return hits;
    }
}
