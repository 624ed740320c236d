using System.Buffers;

namespace Filip.Rerank.DropIn;

/// <summary>Changes to a text of bytes, a place at a time; every byte that no change names stays as it is.</summary>
/// <param name="text">The text.</param>
internal sealed class TextEdit(ReadOnlyMemory<byte> text)
{
    private readonly List<(int Start, int End, ReadOnlyMemory<byte> With)> _changes = [];

    /// <summary>Puts other bytes in the place of these; changes must not overlap.</summary>
    public void Replace(int start, int end, ReadOnlyMemory<byte> with) => _changes.Add((start, end, with));

    /// <summary>Adds bytes before this place, after those added there earlier.</summary>
    public void Insert(int at, ReadOnlyMemory<byte> with) => _changes.Add((at, at, with));

    /// <summary>Takes these bytes out.</summary>
    public void Remove(int start, int end) => _changes.Add((start, end, default));

    /// <summary>Writes the changed text from one place to another, both of the unchanged text.</summary>
    public void WriteTo(IBufferWriter<byte> writer, int start, int end)
    {
        var at = start;
        foreach (var change in _changes.OrderBy(change => change.Start))
        {
            writer.Write(text.Span[at..change.Start]);
            writer.Write(change.With.Span);
            at = change.End;
        }

        writer.Write(text.Span[at..end]);
    }

    /// <summary>The whole changed text.</summary>
    public ReadOnlyMemory<byte> ToMemory()
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 64);
        WriteTo(buffer, 0, text.Length);
        return buffer.WrittenMemory;
    }
}
