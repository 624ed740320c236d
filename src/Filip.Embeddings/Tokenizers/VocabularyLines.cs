using System.Text;

namespace Filip.Embeddings.Tokenizers;

/// <summary>Reads text files of one entry a line, saying file and line where one is broken.</summary>
internal static class VocabularyLines
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a UTF-8 file.</summary>
    /// <exception cref="InvalidDataException">The file is empty, no UTF-8, or no text.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
        {
            throw new InvalidDataException(
                $"{path}, line {LineOf(bytes, nul)}: holds a zero byte, so it is no UTF-8 text file; was the right file named?");
        }

        string text;
        try
        {
            text = s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException(
                $"{path}, line {LineOf(bytes, Math.Clamp(exception.Index, 0, bytes.Length))}: is no valid UTF-8; vocabularies are UTF-8 text.",
                exception);
        }

        var lines = new List<string>();
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines.Count > 0
            ? lines
            : throw new InvalidDataException($"{path} is empty; expected one entry a line.");
    }

    /// <summary>A vocabulary of one entry a line, the id being the line's number from 0.</summary>
    /// <remarks>As in the reference, an empty line keeps its number, and of two equal lines the later one counts.</remarks>
    public static Dictionary<string, int> ReadVocabulary(string path)
    {
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = Read(path);
        for (int id = 0; id < lines.Count; id++)
        {
            entries[lines[id]] = id;
        }

        return entries;
    }

    private static int LineOf(ReadOnlySpan<byte> bytes, int index) => bytes[..index].Count((byte)'\n') + 1;
}
