using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>Run files and judgements on which users of other tools met faults.</summary>
internal static class TrialRuns
{
    /// <summary>A file of a trial: of the full set where it is there, else the committed one.</summary>
    public static string File(string trial, string name)
    {
        var full = GoldenFiles.Trials is { } trials ? Path.Combine(trials, trial, name) : null;
        return full is not null && System.IO.File.Exists(full) ? full : Path.Combine(GoldenFiles.Committed, "trials", trial, name);
    }

    /// <summary>Compares a trial's two runs.</summary>
    public static Task<Finished> CompareAsync(string trial, string judgements, string? locale, params string[] more) => FilipProgram.RunAsync(
        new Dictionary<string, string?> { ["LC_ALL"] = locale },
        [
            "compare", "--qrels", File(trial, judgements), "--a", $"run:{File(trial, "run-a.txt")}", "--b", $"run:{File(trial, "run-b.txt")}",
            "--metrics", "ndcg@10,mrr", .. more,
        ]);

    /// <summary>Holds an answer against the trial's expected values.</summary>
    public static void ExpectValues(string trial, JsonElement answer)
    {
        using var expected = JsonDocument.Parse(System.IO.File.ReadAllBytes(File(trial, "expected.json")));
        foreach (var side in expected.RootElement.EnumerateObject())
        {
            foreach (var value in side.Value.EnumerateObject())
            {
                if (value.Name == "queries")
                {
                    Assert.Equal(value.Value.GetInt32(), answer.GetProperty("queries").GetInt32());
                    continue;
                }

                Assert.Equal(value.Value.GetDouble(), answer.GetProperty(side.Name).GetProperty("metrics").GetProperty(value.Name).GetDouble(), 1e-6);
            }
        }
    }
}
