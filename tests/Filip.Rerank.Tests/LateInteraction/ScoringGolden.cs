using System.Runtime.InteropServices;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Rerank.LateInteraction;
using Filip.Testing;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>Reads <c>scoring/cases.json</c> and the rows it points to.</summary>
internal static class ScoringGolden
{
    private static readonly Dictionary<string, float[]> s_files = [];

    private static string Folder { get; } = GoldenFiles.Require("scoring");

    public static JsonElement Root { get; } = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "cases.json"))).RootElement;

    public static IEnumerable<JsonElement> Items(string list) => Root.GetProperty(list).EnumerateArray();

    /// <summary>The values a reference points to, and their dimension.</summary>
    public static (float[] Values, int Dimension) Values(JsonElement reference)
    {
        var rows = reference.GetProperty("rows").GetInt32();
        var dimension = reference.GetProperty("dim").GetInt32();
        var offset = reference.GetProperty("offset").GetInt32();
        return (Load(reference.GetProperty("file").GetString()!).AsSpan(offset, rows * dimension).ToArray(), dimension);
    }

    public static EmbeddingMatrix Matrix(JsonElement reference)
    {
        var (values, dimension) = Values(reference);
        return new EmbeddingMatrix(values, dimension);
    }

    public static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    public static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>Every contract that compares rows, with the query it is asked with and the value expected.</summary>
    public static IEnumerable<(string Name, ScoringContract Contract, QueryTokens Query, double Expected)> Expectations(JsonElement scored)
    {
        var tokens = Matrix(scored.GetProperty("tokens"));
        var weights = Doubles(scored.GetProperty("weights"));
        var skipping = weights.Select(weight => weight == 0 ? 0.0 : 1.0).ToArray();
        foreach (var score in scored.GetProperty("scores").EnumerateObject())
        {
            switch (score.Name)
            {
                case "zero-pad-i2t":
                    yield return ("pads_0", ScoringContract.ZeroPadI2T, new(tokens, null, fillsContext: true), score.Value.GetProperty("pads_0").GetDouble());
                    yield return ("pads_some", ScoringContract.ZeroPadI2T, new(tokens), score.Value.GetProperty("pads_some").GetDouble());
                    break;
                case "pooled":
                    break;
                case var name when name.StartsWith("weighted ", StringComparison.Ordinal):
                    yield return (name, ScoringContract.Parse(name["weighted ".Length..]), new(tokens, weights), score.Value.GetDouble());
                    break;
                case var name when name.StartsWith("skipping ", StringComparison.Ordinal):
                    yield return (name, ScoringContract.Parse(name["skipping ".Length..]), new(tokens, skipping), score.Value.GetDouble());
                    break;
                default:
                    yield return (score.Name, ScoringContract.Parse(score.Name), new(tokens), score.Value.GetDouble());
                    break;
            }
        }
    }

    private static float[] Load(string file)
    {
        lock (s_files)
        {
            if (!s_files.TryGetValue(file, out var values))
            {
                values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, file))).ToArray();
                s_files.Add(file, values);
            }

            return values;
        }
    }
}
