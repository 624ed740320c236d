using System.Runtime.CompilerServices;

namespace Filip.Indexer.Sources;

/// <summary>Cuts a stream into lines of bytes with their numbers: a byte order mark, CR LF and a last line without an end do no harm.</summary>
internal static class LineReader
{
    /// <summary>The longest line that is given whole.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private const int StartBytes = 64 * 1024;

    /// <summary>One line.</summary>
    /// <param name="Number">From 1, blank lines counted.</param>
    /// <param name="Bytes">Without its end; valid until the next line is asked for. Empty where too long.</param>
    /// <param name="TooLong">Whether it has more than <see cref="MostBytes"/>.</param>
    public readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes, bool TooLong);

    /// <summary>All lines of the stream.</summary>
    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[StartBytes];
        int start = 0, end = 0;
        var number = 0L;
        var tooLong = false;
        var ended = false;
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return MakeLine(++number, buffer.AsMemory(start, length), tooLong);
                (start, tooLong) = (start + length + 1, false);
                continue;
            }

            if (ended)
            {
                break;
            }

            if (end - start > MostBytes)
            {
                (start, end, tooLong) = (0, 0, true);       // what comes before the line's end is thrown away
            }
            else if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            end += read;
            ended = read == 0;
        }

        if (end > start || tooLong)
        {
            yield return MakeLine(++number, buffer.AsMemory(start, end - start), tooLong);
        }
    }

    private static Line MakeLine(long number, ReadOnlyMemory<byte> bytes, bool tooLong)
    {
        if (tooLong || bytes.Length > MostBytes)
        {
            return new Line(number, default, TooLong: true);
        }

        if (number == 1 && bytes.Span.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (!bytes.IsEmpty && bytes.Span[^1] == '\r')
        {
            bytes = bytes[..^1];
        }

        return new Line(number, bytes, TooLong: false);
    }
}
