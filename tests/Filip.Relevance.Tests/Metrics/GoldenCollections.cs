using System.Text.Json;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;
using Filip.Testing;

namespace Filip.Relevance.Tests.Metrics;

/// <summary>A collection of the goldens: judgements, runs, and what trec_eval and others made of them.</summary>
internal static class GoldenCollections
{
    public static IEnumerable<string> Names =>
        Directory.EnumerateDirectories(GoldenFiles.Require("relevance", "collections"))
            .Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal);

    public static (Qrels Qrels, List<(string Name, Run Run, JsonElement Expected)> Runs) Load(string collection)
    {
        string folder = GoldenFiles.Require("relevance", "collections", collection);
        var qrels = JudgementFile.Read(Path.Combine(folder, "qrels.txt"));
        var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))).RootElement;
        var runs = expected.GetProperty("runs").EnumerateObject()
            .Select(run => (run.Name, RunFile.Read(Path.Combine(folder, run.Name + ".txt")), run.Value))
            .ToList();
        return (qrels, runs);
    }

    /// <summary>Our name for one of theirs; null for counts and residuals, which are no metrics of ours.</summary>
    public static MetricName? Ours(string theirs)
    {
        int at = theirs.LastIndexOf('_');
        string stem = at < 0 ? theirs : theirs[..at];
        string argument = at < 0 ? "" : theirs[(at + 1)..];
        string? name = (theirs, stem) switch
        {
            ("map" or "bpref" or "ndcg", _) => theirs,
            ("Rprec", _) => "rprec",
            ("recip_rank", _) => "mrr",
            ("rbp_80", _) => "rbp@0.8",
            (_, "P") => $"p@{argument}",
            (_, "ndcg_cut") => $"ndcg@{argument}",
            (_, "ndcg_exp_cut") => $"ndcg-exp@{argument}",
            (_, "recall" or "success" or "err" or "judged") => $"{stem}@{argument}",
            _ => null,
        };
        return name is null ? null : MetricName.Parse(name);
    }
}
