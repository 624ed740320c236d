using System.Text.Json;
using Filip.Indexer.Tests.Parts;
using Filip.Testing;

namespace Filip.Indexer.Tests.Real;

/// <summary>Broken, hostile and foreign files among good ones, through the real decoder, the demo model and the embedded index.</summary>
public sealed class BadFilesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Good_pictures_among_bad_files_are_indexed_and_each_bad_one_has_its_reason()
    {
        var folder = GoldenFiles.Find("images", "bad");
        Assert.SkipWhen(folder is null, "golden/images/bad is not here.");
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        var cases = CasesOf(index.RootElement).ToList();
        var good = Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures"), "*.jpg").Order(StringComparer.Ordinal).Take(20).ToList();
        var manifest = cases.Select(bad => (Id: bad.File, Path: Path.GetFullPath(bad.File, folder)))
            .Concat(good.Select(file => (Id: Path.GetFileName(file), Path: file)))
            .Select(entry => $"{{\"id\":{JsonSerializer.Serialize(entry.Id)},\"path\":{JsonSerializer.Serialize(entry.Path)}}}\n");
        _scratch.Write("m.jsonl", string.Concat(manifest));

        var summary = await _scratch.IndexAsync(_scratch.At("m.jsonl"));
        var held = (await _scratch.IdsAsync()).ToHashSet();
        var letters = _scratch.DeadLetters().ToDictionary(letter => letter.Id!);
        Assert.Equal((cases.Count + good.Count, held.Count, letters.Count), (summary.Indexed + summary.Failed, summary.Indexed, summary.Failed));
        Assert.All(good, file => Assert.Contains(Path.GetFileName(file), held));
        Assert.All(letters.Values, letter => Assert.True(letter is { Line: > 0, Code.Length: > 0, Reason.Length: > 5 }));
        foreach (var (file, expect, firm) in cases.Where(bad => bad.Firm))
        {
            Assert.True(expect == "accept" == held.Contains(file), $"{file}: expected {expect}; {letters.GetValueOrDefault(file)?.Reason}");
        }
    }

    [Fact]
    public async Task The_samples_are_indexed_with_captions_and_a_second_run_sends_nothing()
    {
        var lines = File.ReadLines(Path.Combine(GoldenFiles.Samples, "manifest.jsonl")).Take(40).ToList();
        var pictures = JsonSerializer.Serialize(Path.GetFullPath(GoldenFiles.Samples) + "/pictures/")[1..^1];
        _scratch.Write("m.jsonl", string.Join('\n', lines).Replace("\"pictures/", "\"" + pictures, StringComparison.Ordinal));
        var first = await _scratch.IndexAsync(_scratch.At("m.jsonl"));
        Assert.Equal((lines.Count, 0), (first.Indexed, first.Failed));
        Assert.True(first.BytesPerPicture > 1000);
        var second = await _scratch.IndexAsync(_scratch.At("m.jsonl"));
        Assert.Equal((0, lines.Count), (second.Indexed, second.Unchanged));
    }

    private static IEnumerable<(string File, string Expect, bool Firm)> CasesOf(JsonElement root)
    {
        var list = root.ValueKind == JsonValueKind.Array
            ? root
            : root.EnumerateObject().First(member => member.Value.ValueKind == JsonValueKind.Array).Value;
        return list.EnumerateArray().Select(item => (
            item.GetProperty("file").GetString()!,
            item.GetProperty("expect").GetString()!,
            !item.TryGetProperty("firm", out var firm) || firm.GetBoolean()));
    }
}
