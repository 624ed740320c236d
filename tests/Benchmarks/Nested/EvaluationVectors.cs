using System.IO.Compression;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Indexer;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Benchmarks.Nested;

/// <summary>A query of the set, encoded.</summary>
internal sealed record EvaluationQuery(string Id, TextEmbedding Text);

/// <summary>The evaluation set through the model's towers; pictures are encoded once and kept in a file.</summary>
/// <param name="Stamp">What an index of them is stamped with.</param>
/// <param name="Documents">The pictures in order of their ids, patch records as float32.</param>
/// <param name="Patches">Their patches.</param>
/// <param name="Queries">The queries.</param>
/// <param name="Judged">Gains by query and picture.</param>
internal sealed record EvaluationVectors(
    IndexStamp Stamp,
    IReadOnlyList<ImageDocument> Documents,
    IReadOnlyList<EmbeddingMatrix> Patches,
    IReadOnlyList<EvaluationQuery> Queries,
    IReadOnlyDictionary<string, Dictionary<string, int>> Judged)
{
    /// <summary>Reads the set in FILIP_EVALUATION or ../shared/evaluation.</summary>
    /// <param name="model">The model folder.</param>
    /// <param name="every">Takes one query in so many.</param>
    public static async Task<EvaluationVectors?> ReadAsync(ModelFolder model, int every)
    {
        var set = Environment.GetEnvironmentVariable("FILIP_EVALUATION") ?? Path.Combine("..", "shared", "evaluation");
        if (!File.Exists(Path.Combine(set, "queries.jsonl")))
        {
            Console.Error.WriteLine($"There is no evaluation set in '{set}'; name one by FILIP_EVALUATION.");
            return null;
        }

        var stamp = model.StampFor(PatchCodec.F32);
        var cache = Path.Combine(Path.GetTempPath(), $"filip-evaluation-{model.Fingerprint[..12]}.bin");
        if (!File.Exists(cache))
        {
            await EncodeAsync(set, model, stamp, cache);
        }

        var documents = Read(cache);
        using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        List<EvaluationQuery> queries = [];
        foreach (var line in File.ReadLines(Path.Combine(set, "queries.jsonl")).Where((_, place) => place % every == 0))
        {
            using var json = JsonDocument.Parse(line);
            var text = await tower.EncodeAsync([json.RootElement.GetProperty("text").GetString()!], default);
            queries.Add(new EvaluationQuery(json.RootElement.GetProperty("id").GetString()!, text[0]));
        }

        return new EvaluationVectors(
            stamp, documents, [.. documents.Select(document => PatchRecord.Read(document.PatchRecord.Span).Decode())], queries, Judgements(set));
    }

    private static async Task EncodeAsync(string set, ModelFolder model, IndexStamp stamp, string cache)
    {
        var folder = Directory.CreateTempSubdirectory("filip-evaluation-").FullName;
        try
        {
            ZipFile.ExtractToDirectory(Path.Combine(set, "pictures.zip"), folder);
            File.Copy(Path.Combine(set, "manifest.jsonl"), Path.Combine(folder, "manifest.jsonl"));
            await using var sink = new CollectingSink(stamp);
            using var tower = model.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu });
            var job = new IndexingJob(
                PictureSources.Open(Path.Combine(folder, "manifest.jsonl")),
                new IndexingModel(tower, model.CreatePreprocessor(), model.Grid), sink,
                new IndexingOptions { DeadLetterFile = Path.Combine(folder, "dead.jsonl") });
            await job.RunAsync();
            using var file = new BinaryWriter(File.Create(cache + ".part"));
            foreach (var document in sink.Documents.OrderBy(document => document.Id, StringComparer.Ordinal))
            {
                file.Write(document.Id);
                file.Write(document.ContentHash);
                file.Write(document.Caption ?? "");
                file.Write(document.Pooled.Length);
                foreach (var value in document.Pooled.Span)
                {
                    file.Write(value);
                }

                file.Write(document.PatchRecord.Length);
                file.Write(document.PatchRecord.Span);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Move(cache + ".part", cache, overwrite: true);
    }

    private static List<ImageDocument> Read(string cache)
    {
        List<ImageDocument> documents = [];
        using var file = new BinaryReader(File.OpenRead(cache));
        while (file.BaseStream.Position < file.BaseStream.Length)
        {
            var (id, hash, caption) = (file.ReadString(), file.ReadString(), file.ReadString());
            var pooled = new float[file.ReadInt32()];
            for (var i = 0; i < pooled.Length; i++)
            {
                pooled[i] = file.ReadSingle();
            }

            documents.Add(new ImageDocument
            {
                Id = id,
                ContentHash = hash,
                Caption = caption.Length > 0 ? caption : null,
                Pooled = pooled,
                PatchRecord = file.ReadBytes(file.ReadInt32()),
            });
        }

        return documents;
    }

    private static Dictionary<string, Dictionary<string, int>> Judgements(string set)
    {
        Dictionary<string, Dictionary<string, int>> judged = [];
        using var unzipped = new GZipStream(File.OpenRead(Path.Combine(set, "qrels.txt.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(unzipped);
        while (lines.ReadLine()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var query, _, var picture, var gain])
        {
            if (!judged.TryGetValue(query, out var pictures))
            {
                judged[query] = pictures = [];
            }

            pictures[picture] = int.Parse(gain, System.Globalization.CultureInfo.InvariantCulture);
        }

        return judged;
    }
}
