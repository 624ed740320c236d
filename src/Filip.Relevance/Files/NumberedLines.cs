using System.Text;

namespace Filip.Relevance.Files;

/// <summary>The lines of a UTF-8 file with their numbers; a line of broken bytes is a problem, not a replacement character.</summary>
internal static class NumberedLines
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Every line that holds more than blanks. CR LF and a byte order mark do no harm.</summary>
    public static IEnumerable<(int Number, string Text)> Of(ReadOnlyMemory<byte> bytes, ProblemList problems)
    {
        var rest = WithoutMark(bytes);
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.EndsWith("\r"u8))
            {
                line = line[..^1];
            }

            if (TryDecode(line.Span, out string text))
            {
                if (text.AsSpan().ContainsAnyExcept(" \t\v\f"))
                {
                    yield return (number, text);
                }
            }
            else
            {
                // Two ids of broken bytes would become one id of replacement characters.
                problems.Add(number, "The bytes are not UTF-8. Save the file as UTF-8.");
            }
        }
    }

    /// <summary>The whole text, for formats whose records may span lines.</summary>
    public static string Whole(ReadOnlyMemory<byte> bytes, ProblemList problems)
    {
        if (TryDecode(WithoutMark(bytes).Span, out string text))
        {
            return text;
        }

        foreach (var _ in Of(bytes, problems))
        {
            // Only to have the broken lines named.
        }

        problems.ThrowIfAny();
        throw new InvalidOperationException("A file that is not UTF-8 has a line that is not.");
    }

    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    private static bool TryDecode(ReadOnlySpan<byte> line, out string text)
    {
        try
        {
            text = s_strict.GetString(line);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }
}
