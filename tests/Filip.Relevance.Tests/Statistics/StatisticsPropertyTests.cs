using CsCheck;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Tests.Statistics;

public class StatisticsPropertyTests
{
    [Fact]
    public void Exact_randomisation_counts_every_pattern() =>
        Gen.Int[-9, 9].Select(n => n / 10.0).Array[1, 11].Sample(differences =>
        {
            double observed = Math.Abs(differences.Sum());
            int hits = Enumerable.Range(0, 1 << differences.Length).Count(pattern =>
                Math.Abs(differences.Select((d, i) => ((pattern >> i) & 1) != 0 ? -d : d).Sum()) >= observed - 1e-9);
            var ours = SignRandomisation.Test(differences, 1000, 1);
            Assert.True(ours.Exact);
            Assert.Equal((double)hits / (1 << differences.Length), ours.P, 1e-12);
        }, iter: 200);

    [Fact]
    public void Random_patterns_agree_with_all_patterns()
    {
        // 20 differences are counted in full; 21 with one that hardly moves the sum are sampled, and must say the same.
        double[] differences = [.. Enumerable.Range(1, 20).Select(i => Math.Sin(i) + 0.25)];
        var exact = SignRandomisation.Test(differences, 1000, 1);
        var sampled = SignRandomisation.Test([.. differences, 1e-9], 200_000, 1);
        Assert.True(exact.Exact);
        Assert.False(sampled.Exact);
        Assert.InRange(sampled.P - exact.P, -5 * sampled.StandardError, 5 * sampled.StandardError);
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_seed_others()
    {
        var random = new Random(5);
        double[] a = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())];
        double[] b = [.. a.Select(value => value + (0.4 * (random.NextDouble() - 0.45)))];
        var one = PairedComparison.Of(a, b, new StatisticsOptions { Seed = 7 });
        Assert.Equal(one, PairedComparison.Of(a, b, new StatisticsOptions { Seed = 7 }));
        var other = PairedComparison.Of(a, b, new StatisticsOptions { Seed = 8 });
        Assert.NotEqual(one.Ci95, other.Ci95);
        Assert.NotEqual(one.Randomisation.P, other.Randomisation.P);
    }

    [Fact]
    public void Turning_the_sides_round_turns_the_signs_round() =>
        Gen.Double[0, 1].Array[2, 12].Sample(a =>
        {
            double[] b = [.. a.Reverse()];
            var there = PairedComparison.Of(a, b, new StatisticsOptions { Resamples = 1000 });
            var back = PairedComparison.Of(b, a, new StatisticsOptions { Resamples = 1000 });
            Assert.Equal(there.Delta, -back.Delta, 1e-12);
            Assert.Equal((there.Wins, there.Losses), (back.Losses, back.Wins));
            Assert.Equal(there.Randomisation.P, back.Randomisation.P, 1e-12);
            Assert.Equal(there.Ci95.Low, -back.Ci95.High, 1e-9);
        }, iter: 50);

    [Fact]
    public void Constant_differences_with_rounding_have_no_effect_size()
    {
        double[] a = [0.1, 0.2, 0.3, 0.7];
        double[] b = [.. a.Select(value => value + 0.1)];
        var ours = PairedComparison.Of(a, b);
        Assert.Null(ours.T);
        Assert.Null(ours.Dz);
        Assert.Equal(0.125, ours.Randomisation.P);
    }

    [Fact]
    public void Limits_are_kept()
    {
        Assert.Throws<ArgumentException>(() => PairedComparison.Of([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => PairedComparison.Of([], []));
        Assert.Equal((10_000, 10_000), (new StatisticsOptions().Permutations, new StatisticsOptions().Resamples));
        foreach (int bad in new[] { 0, 999, 10_000_001 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => PairedComparison.Of([1], [1], new StatisticsOptions { Permutations = bad }));
            Assert.Throws<ArgumentOutOfRangeException>(() => PairedComparison.Of([1], [1], new StatisticsOptions { Resamples = bad }));
        }

        Assert.Null(Power.QueriesNeeded(0));
        Assert.Null(SignTest.TwoSided(0, 0));
        Assert.Equal(2, Power.QueriesNeeded(1e9));
        Assert.Throws<ArgumentException>(() => GoodnessOfFit.Of([1, 2], [0.5, 0.6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankOverlap.Rbo([], [], 1));
        Assert.Equal((1.0, 0.0), (RankOverlap.Rbo([], []), RankOverlap.Rbo(["a"], [])));
    }
}
