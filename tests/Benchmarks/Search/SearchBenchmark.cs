using System.Globalization;
using System.Numerics.Tensors;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Recall.Embedded;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;

namespace Filip.Benchmarks.Search;

/// <summary>Both stages over an embedded index of random pictures, with the real text tower: p50 and p99 by stage.</summary>
internal static class SearchBenchmark
{
    private static readonly string[] s_words = ["small", "yellow", "moon", "tree", "red", "boat", "tiny", "flower", "striped", "cup"];

    /// <summary>Runs <c>[--pictures N] [--searches N] [--model DIR]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        var pictures = Option(options, "--pictures", 2000);
        var searches = Option(options, "--searches", 200);
        var model = ModelFolder.Load(Text(options, "--model") ?? "models");
        using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        Console.WriteLine(Machine.Describe());
        Console.WriteLine($"{pictures} pictures, {searches} searches each after 20 to warm up, one at a time; ms, p50 / p99");
        Console.WriteLine();
        Console.WriteLine("| codec | candidates | encode | recall | fetch | score | total |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var codec in new[] { PatchCodec.F32, PatchCodec.Int8 })
        {
            var folder = Directory.CreateTempSubdirectory("filip-bench-").FullName;
            try
            {
                await MeasureAsync(folder, model, tower, codec, pictures, searches);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(
        string folder, ModelFolder model, OnnxTextEncoder tower, PatchCodec codec, int pictures, int searches)
    {
        var stamp = model.StampFor(codec);
        var path = Path.Combine(folder, "index");
        await using (var writer = EmbeddedIndex.Create(path, stamp))
        {
            var random = new Random(1);
            for (var first = 0; first < pictures; first += 500)
            {
                var count = Math.Min(500, pictures - first);
                await writer.WriteAsync(
                    [.. Enumerable.Range(first, count).Select(i => Picture(random, model, stamp, codec, i))], CancellationToken.None);
            }

            await writer.CompleteAsync(CancellationToken.None);
        }

        using var index = EmbeddedIndex.Open(path);
        var engine = new SearchEngine(new SearchEngineParts
        {
            TextEncoder = tower,
            CandidateSource = new EmbeddedCandidateSource(index),
            PatchStore = new EmbeddedPatchStore(index),
            RunningStamp = stamp,
            VerifyRecords = false,
            Options = new SearchOptions { TextCacheEntries = 0, Deadline = TimeSpan.FromSeconds(10) },
        });
        foreach (var candidates in new[] { 200, 1000 }.Where(count => count <= pictures))
        {
            List<StageTimings> times = [];
            for (var i = -20; i < searches; i++)
            {
                var query = $"a {s_words[(i + 20) % s_words.Length]} {s_words[((i + 20) / s_words.Length) % s_words.Length]}";
                var answer = await engine.SearchAsync(new SearchRequest { Query = query, Candidates = candidates }, CancellationToken.None);
                if (answer.Degraded)
                {
                    throw new InvalidOperationException($"A search was degraded ({answer.Reason}); its times mean nothing.");
                }

                if (i >= 0)
                {
                    times.Add(answer.TimingsMs);
                }
            }

            Console.WriteLine(
                $"| {codec.ToString().ToLowerInvariant()} | {candidates} | {Both(times, t => t.Encode)} | {Both(times, t => t.Recall)} "
                + $"| {Both(times, t => t.Fetch)} | {Both(times, t => t.Score)} | {Both(times, t => t.Total)} |");
        }
    }

    private static EmbeddedPicture Picture(Random random, ModelFolder model, IndexStamp stamp, PatchCodec codec, int number)
    {
        var grid = model.Manifest.Image.Grid is [var rows, var columns] ? new PatchGrid(columns, rows) : PatchGrid.None;
        var patches = new float[model.Manifest.Image.Rows * stamp.PatchDimension];
        for (var at = 0; at < patches.Length; at += stamp.PatchDimension)
        {
            FillUnit(random, patches.AsSpan(at, stamp.PatchDimension));
        }

        var pooled = new float[stamp.PooledDimension];
        FillUnit(random, pooled);
        return new EmbeddedPicture
        {
            Id = number.ToString("D7", CultureInfo.InvariantCulture),
            ContentHash = "random",
            Pooled = pooled,
            PatchRecord = PatchRecord.Encode(new EmbeddingMatrix(patches, stamp.PatchDimension), codec, grid, stamp.Fingerprint),
        };
    }

    private static void FillUnit(Random random, Span<float> row)
    {
        foreach (ref var value in row)
        {
            value = (random.NextSingle() * 2) - 1;
        }

        TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
    }

    private static string Both(List<StageTimings> times, Func<StageTimings, double> stage)
    {
        List<double> sorted = [.. times.Select(stage).Order()];
        return string.Create(
            CultureInfo.InvariantCulture, $"{sorted[sorted.Count / 2]:F2} / {sorted[Math.Min(sorted.Count - 1, sorted.Count * 99 / 100)]:F2}");
    }

    private static int Option(string[] options, string name, int otherwise) =>
        Text(options, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] options, string name)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1] : null;
    }
}
