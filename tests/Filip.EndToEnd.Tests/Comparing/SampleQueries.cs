using Filip.Testing;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>A few of the samples' queries, spread over their families: enough to tell a difference, quick to ask.</summary>
internal static class SampleQueries
{
    /// <summary>The samples' judgements.</summary>
    public static string Qrels => Path.Combine(GoldenFiles.Samples, "qrels.txt");

    /// <summary>Writes every so manieth query to a file.</summary>
    public static async Task<string> WriteAsync(ScratchFolder scratch, int wanted = 8)
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(GoldenFiles.Samples, "queries.jsonl"))).Where(line => line.Length > 0).ToList();
        var step = Math.Max(lines.Count / wanted, 1);
        await File.WriteAllLinesAsync(scratch.At("queries.jsonl"), lines.Where((_, i) => i % step == 0).Take(wanted));
        return scratch.At("queries.jsonl");
    }

    /// <summary>The answers of a saved TREC run, by query.</summary>
    public static Dictionary<string, List<string>> Read(string run) => File.ReadLines(run)
        .Select(line => line.Split(' '))
        .GroupBy(fields => fields[0])
        .ToDictionary(query => query.Key, query => query.Select(fields => fields[2]).ToList());
}
