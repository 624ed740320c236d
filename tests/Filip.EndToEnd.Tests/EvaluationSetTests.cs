using System.IO.Compression;
using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>The main job on 5,000 pictures and 1,315 queries that are not in the repository.</summary>
public sealed class EvaluationSetTests
{
    private const double Tolerance = 5e-3;

    [Fact]
    public async Task Figures_on_the_evaluation_set_equal_the_independent_implementation()
    {
        Assert.SkipWhen(GoldenFiles.Evaluation is null, "No evaluation set: neither FILIP_EVALUATION nor ../shared/evaluation.");
        using var scratch = new ScratchFolder();
        Unpack(GoldenFiles.Evaluation!, scratch.At("set"));
        var answer = (await FilipProgram.RunAsync(
            "demo", "--samples", scratch.At("set"), "--to", scratch.At("index"), "--report", scratch.At("report.html"), "--output", "json", "--quiet")).Json();
        using var reference = JsonDocument.Parse(Unzipped(Path.Combine(GoldenFiles.Evaluation!, "reference.json.gz")));
        foreach (var (ours, theirs) in (IEnumerable<(string, string)>)[("recall", "pooled"), ("rerank", "pooled:100 then filip-t2i")])
        {
            foreach (var metric in (string[])["ndcg@10", "mrr", "success@1", "recall@10"])
            {
                var expected = reference.RootElement.GetProperty("metrics").GetProperty(theirs).GetProperty(metric).GetDouble();
                var found = answer.GetProperty("metrics").GetProperty(ours).GetProperty(metric).GetDouble();
                Assert.True(Math.Abs(expected - found) <= Tolerance, $"{ours} {metric}: found {found}, reference {expected}.");
            }
        }
    }

    private static void Unpack(string set, string folder)
    {
        ZipFile.ExtractToDirectory(Path.Combine(set, "pictures.zip"), folder);
        foreach (var file in (string[])["manifest.jsonl", "queries.jsonl"])
        {
            File.Copy(Path.Combine(set, file), Path.Combine(folder, file));
        }

        File.WriteAllBytes(Path.Combine(folder, "qrels.txt"), Unzipped(Path.Combine(set, "qrels.txt.gz")));
    }

    private static byte[] Unzipped(string file)
    {
        using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        zipped.CopyTo(whole);
        return whole.ToArray();
    }
}
