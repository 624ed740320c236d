using System.Text.Json;
using Filip.Relevance.Statistics;
using Filip.Testing;

namespace Filip.Relevance.Tests.Statistics;

public class GoldenStatisticsTests
{
    private static readonly JsonElement s_golden = Golden("statistics.json");

    public static TheoryData<string> Samples =>
        [.. s_golden.GetProperty("paired").EnumerateArray().Select(sample => sample.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Samples))]
    public void Paired_statistics_equal_scipy(string name)
    {
        var sample = Sample(name);
        var ours = Compare(sample);
        Close(sample, "mean_a", ours.MeanA);
        Close(sample, "mean_b", ours.MeanB);
        Close(sample, "difference", ours.Delta);
        Close(sample, "sd_difference", ours.SdDelta);
        Close(sample, "t", ours.T);
        Close(sample, "p_t", ours.PT);
        Close(sample, "cohen_dz", ours.Dz);
        Close(sample, "cohen_dav", ours.Dav);
        Close(sample, "cohen_ds", ours.Ds);
        Close(sample, "sign_test_p", ours.PSign);
        Assert.Equal(sample.GetProperty("wins").GetInt32(), ours.Wins);
        Assert.Equal(sample.GetProperty("ties").GetInt32(), ours.Ties);
        Assert.Equal(sample.GetProperty("losses").GetInt32(), ours.Losses);
        if (sample.TryGetProperty("t_ci95", out var interval))
        {
            Assert.Equal(interval[0].GetDouble(), ours.TInterval!.Value.Low, 1e-9);
            Assert.Equal(interval[1].GetDouble(), ours.TInterval!.Value.High, 1e-9);
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Randomisation_equals_the_exact_or_the_long_run(string name)
    {
        var sample = Sample(name);
        var ours = Compare(sample).Randomisation;
        if (sample.TryGetProperty("fisher_exact_p", out var exact))
        {
            Assert.True(ours.Exact);
            Assert.Equal(exact.GetDouble(), ours.P, 1e-9 * exact.GetDouble());
        }

        if (sample.TryGetProperty("fisher_monte_carlo", out var long_run))
        {
            double error = long_run.GetProperty("standard_error").GetDouble();
            double allowed = (4 * Math.Sqrt((ours.StandardError * ours.StandardError) + (error * error)))
                + (1.0 / long_run.GetProperty("permutations").GetInt64());
            Assert.InRange(ours.P - long_run.GetProperty("p").GetDouble(), -allowed, allowed);
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Bootstrap_ends_lie_where_the_long_run_puts_them(string name)
    {
        var sample = Sample(name);
        if (!sample.TryGetProperty("bootstrap", out var golden))
        {
            return;
        }

        var ours = Compare(sample).Ci95;
        double root = Math.Sqrt(1 + (golden.GetProperty("resamples").GetDouble() / new StatisticsOptions().Resamples));
        foreach (var (end, side, value) in new[] { (0, "low_range", ours.Low), (1, "high_range", ours.High) })
        {
            double slack = (5 * golden.GetProperty("spread")[end].GetDouble() * root) + 1e-9;
            var range = golden.GetProperty(side);
            Assert.InRange(value, range[0].GetDouble() - slack, range[1].GetDouble() + slack);
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void Signed_ranks_equal_scipy(string name)
    {
        var sample = Sample(name);
        if (sample.TryGetProperty("wilcoxon", out var golden))
        {
            var ours = SignedRanks.Test([.. Numbers(sample, "a").Zip(Numbers(sample, "b"), (a, b) => b - a)]);
            Assert.Equal(golden.GetProperty("w").GetDouble(), ours!.Value.W);
            Assert.Equal(golden.GetProperty("p").GetDouble(), ours.Value.P, 1e-9);
        }
    }

    [Fact]
    public void Holm_power_and_detectable_effects_equal_statsmodels()
    {
        foreach (var row in s_golden.GetProperty("holm").EnumerateArray())
        {
            foreach (var (want, have) in Numbers(row, "adjusted").Zip(Holm.Adjust(Numbers(row, "p"))))
            {
                Assert.Equal(want, have, 1e-12);
            }
        }

        foreach (var row in s_golden.GetProperty("power").EnumerateArray())
        {
            double dz = row.GetProperty("dz").GetDouble();
            int n = row.GetProperty("n").GetInt32();
            Assert.Equal(n, Power.QueriesNeeded(dz));
            Assert.Equal(n, Power.QueriesNeeded(-dz));
            Assert.Equal(row.GetProperty("power_at_n").GetDouble(), Power.Of(dz, n), 1e-6);
        }

        foreach (var row in s_golden.GetProperty("mde").EnumerateArray())
        {
            Assert.Equal(row.GetProperty("mde_dz").GetDouble(), Power.MinimumDetectable(row.GetProperty("n").GetInt32()), 1e-4);
        }
    }

    [Fact]
    public void Overlap_of_rankings_equals_the_reference()
    {
        foreach (var row in Golden("overlap.json").GetProperty("rankings").EnumerateArray())
        {
            string[] a = Ids(row, "a");
            string[] b = Ids(row, "b");
            Close(row, "tau_a", KendallTau.OfRankings(a, b));
            foreach (var rbo in row.GetProperty("rbo").EnumerateObject())
            {
                double p = double.Parse(rbo.Name);
                Close(rbo.Value, "rbo_ext", RankOverlap.Rbo(a, b, p));
                Assert.Equal(rbo.Value.GetProperty("rbo_min").GetDouble(), RankOverlap.RboMinimum(a, b, p), 1e-12);
            }

            foreach (var value in row.EnumerateObject().Where(member => member.Name.Contains('_')))
            {
                string[] parts = value.Name.Split('_');
                double? ours = parts[0] switch
                {
                    "jaccard" => RankOverlap.Jaccard(a, b, int.Parse(parts[1])),
                    "overlap" => RankOverlap.Overlap(a, b, int.Parse(parts[1])),
                    _ => null,
                };
                if (ours is not null)
                {
                    Close(row, value.Name, ours);
                }
            }
        }
    }

    [Fact]
    public void Tau_of_scores_counts_ties()
    {
        foreach (var row in Golden("overlap.json").GetProperty("scores").EnumerateArray())
        {
            Close(row, "tau_b", KendallTau.OfScores(Numbers(row, "x"), Numbers(row, "y")));
        }
    }

    [Fact]
    public void Sample_ratio_and_sign_test_equal_scipy()
    {
        foreach (var row in Golden("online.json").GetProperty("sample_ratio").EnumerateArray())
        {
            var ours = GoodnessOfFit.Of([.. Numbers(row, "counts").Select(n => (long)n)], Numbers(row, "shares"));
            Close(row, "chi2", ours.ChiSquare);
            Close(row, "p", ours.P);
            Assert.Equal(row.GetProperty("df").GetInt32(), ours.Freedom);
        }

        foreach (var row in Golden("online.json").GetProperty("preference").EnumerateArray())
        {
            Close(row, "p", SignTest.TwoSided(row.GetProperty("wins_b").GetInt32(), row.GetProperty("wins_a").GetInt32()));
        }
    }

    internal static JsonElement Golden(string file) =>
        JsonDocument.Parse(File.ReadAllText(GoldenFiles.Require("relevance", file))).RootElement;

    internal static void Close(JsonElement golden, string member, double? ours)
    {
        if (!golden.TryGetProperty(member, out var want))
        {
            return;
        }

        if (want.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(ours);
            return;
        }

        Assert.NotNull(ours);
        Assert.True(
            Math.Abs(want.GetDouble() - ours.Value) <= (1e-9 * Math.Abs(want.GetDouble())) + 1e-15,
            $"{member}: {want.GetDouble()} expected, {ours} found");
    }

    internal static double[] Numbers(JsonElement row, string member) =>
        [.. row.GetProperty(member).EnumerateArray().Select(number => number.GetDouble())];

    private static string[] Ids(JsonElement row, string member) =>
        [.. row.GetProperty(member).EnumerateArray().Select(id => id.GetString()!)];

    private static JsonElement Sample(string name) =>
        s_golden.GetProperty("paired").EnumerateArray().Single(sample => sample.GetProperty("name").GetString() == name);

    private static PairedComparison Compare(JsonElement sample) =>
        PairedComparison.Of(Numbers(sample, "a"), Numbers(sample, "b"));
}
