using System.Text;
using CsCheck;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Sources;

public sealed class LineReaderTests
{
    private static readonly string[] s_parts = ["\n", "\r\n", "a", "", "é\r", "\r", new string('x', 70_000)];

    [Fact]
    public void Lines_do_not_depend_on_how_the_stream_is_cut() => Gen.Select(
        Gen.Int[0, 6].Array[0, 12], Gen.Int[1, 90_000])
        .Sample((parts, chunk) =>
        {
            var text = string.Concat(parts.Select(part => s_parts[part]));
            var found = ReadAsync(text, chunk).GetAwaiter().GetResult();
            Assert.Equal(ByDefinition(text), found);
        });

    private static async Task<List<(long, string)>> ReadAsync(string text, int chunk)
    {
        var lines = new List<(long, string)>();
        using var stream = new Chunked(Encoding.UTF8.GetBytes(text), chunk);
        await foreach (var line in LineReader.ReadAsync(stream, CancellationToken.None))
        {
            Assert.False(line.TooLong);
            lines.Add((line.Number, Encoding.UTF8.GetString(line.Bytes.Span)));
        }

        return lines;
    }

    private static List<(long, string)> ByDefinition(string text)
    {
        var lines = text.Split('\n').ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return [.. lines.Select((line, i) => ((long)i + 1, line.EndsWith('\r') ? line[..^1] : line))];
    }

    /// <summary>A stream that gives at most so many bytes at once, as a pipe does.</summary>
    private sealed class Chunked(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
