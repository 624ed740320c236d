using CsCheck;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Sources;

public sealed class SeenIdsTests
{
    [Fact]
    public void It_answers_as_a_dictionary_would() => Gen.Int[0, 60].Array[0, 200].Sample(numbers =>
    {
        using var seen = new SeenIds(capacity: 4);
        var twin = new Dictionary<string, long>();
        for (var line = 1; line <= numbers.Length; line++)
        {
            var id = $"id-{numbers[line - 1]}";
            var isNew = twin.TryAdd(id, line);
            Assert.Equal(isNew, seen.Add(id, line, out var first));
            Assert.Equal(twin[id], first);
        }

        Assert.Equal(twin.Count, seen.Count);
        Assert.All(Enumerable.Range(0, 61), i => Assert.Equal(twin.ContainsKey($"id-{i}"), seen.Contains($"id-{i}")));
    });

    [Fact]
    public void It_answers_the_same_when_it_has_moved_to_a_file()
    {
        const int Many = 800_000;       // past the load of the largest table in memory
        using var seen = new SeenIds();
        for (var i = 0; i < Many; i++)
        {
            Assert.True(seen.Add($"pictures/{i}", i, out _));
        }

        Assert.Equal(Many, seen.Count);
        for (var i = 0; i < Many; i += 97)
        {
            Assert.False(seen.Add($"pictures/{i}", -1, out var first));
            Assert.Equal(i, first);
            Assert.False(seen.Contains($"pictures/{i}x"));
        }
    }
}
