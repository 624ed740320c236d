using System.Text.Json;
using Filip.Indexer;

namespace Filip.Testing.Contracts;

/// <summary>Documents for the contract tests.</summary>
public static class ContractDocuments
{
    /// <summary>Ids that break what handles text carelessly; each is sound Unicode of at most 512 bytes.</summary>
    public static IReadOnlyList<string> AwkwardIds { get; } =
    [
        "plain", "a/b/c.jpg", "with space", " ", "'; DROP TABLE pictures; --", "\"quoted\"", "back\\slash", "per%20cent", "100%", "a_b", "*", "_id",
        "\u00e9", "e\u0301", "\u00df", "ss", "I", "\u0130", "\u0131", "\u65e5\u672c\u8a9e", "\uff5e", "\ud83d\ude00", "\ud83d\udc69\u200d\ud83d\udcbb",
        "\uffff", "\ufeffmark", "new\nline", "tab\t", "nul\0inside", "nul", "\u0001", "\u202eright-to-left", "{\"json\":1}", "<a>&amp;</a>", "A", "a",
        new string('x', 512), string.Concat(Enumerable.Repeat("\ud83d\ude00", 128)),
    ];

    /// <summary>A document whose vector and record follow from its id and version alone.</summary>
    public static ImageDocument Make(
        string id, int version = 1, string? caption = null, string? attributes = null, float[]? pooled = null, int recordLength = 100) => new()
        {
            Id = id,
            ContentHash = $"{version:x8}",
            Pooled = pooled ?? Vector(Seed(id, version)),
            PatchRecord = Record(id, version, recordLength),
            Path = $"pictures/{version}.jpg",
            Caption = caption,
            Attributes = Parse(attributes ?? "{}"),
        };

    /// <summary>A vector of length 1.</summary>
    public static float[] Vector(int seed)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, PortContract.Dimension).Select(_ => random.NextDouble() - 0.5).ToArray();
        var length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / length))];
    }

    /// <summary>The vector of length 1 along one axis.</summary>
    public static float[] Axis(int axis) => [.. Enumerable.Range(0, PortContract.Dimension).Select(i => i == axis ? 1f : 0f)];

    /// <summary>The vector of length 1 halfway between two axes.</summary>
    public static float[] Between(int first, int second) =>
        [.. Enumerable.Range(0, PortContract.Dimension).Select(i => i == first || i == second ? MathF.Sqrt(0.5f) : 0f)];

    /// <summary>The record of that document.</summary>
    public static byte[] Record(string id, int version, int length = 100)
    {
        var bytes = new byte[length];
        new Random(Seed(id, version)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Members of a JSON object.</summary>
    public static Dictionary<string, JsonElement> Parse(string json) =>
        JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone());

    /// <summary>One JSON value.</summary>
    public static JsonElement Value(string json) => JsonDocument.Parse(json).RootElement.Clone();

    // string.GetHashCode differs from process to process.
    private static int Seed(string id, int version) => id.Aggregate(version * 7919, (seed, unit) => unchecked((seed * 31) + unit));
}
