using Microsoft.Win32.SafeHandles;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Reads stretches of segment files by plain reads, for walks that must not trust the files (no mapping, no crash).</summary>
internal sealed class SegmentSources(
    string folder, IEnumerable<(SegmentKind Kind, int Number, int Length)> segments) : IDisposable
{
    private readonly Dictionary<int, (SegmentKind Kind, int Length)> _known =
        segments.ToDictionary(segment => segment.Number, segment => (segment.Kind, segment.Length));

    private readonly Dictionary<int, SafeFileHandle> _handles = [];
    private byte[] _buffer = [];

    /// <summary>The bytes at a place, until the next call; zeros where the file does not hold them.</summary>
    public ReadOnlySpan<byte> Read(SegmentKind kind, SegmentPlace place, int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        var bytes = _buffer.AsSpan(0, length);
        bytes.Clear();
        if (!_known.TryGetValue(place.Segment, out var segment) || segment.Kind != kind
            || place.Offset < SegmentHeader.Length || (long)place.Offset + length > segment.Length)
        {
            return bytes;
        }

        var done = 0;
        while (done < length)
        {
            var read = RandomAccess.Read(HandleOf(kind, place.Segment), bytes[done..], place.Offset + done);
            if (read == 0)
            {
                bytes.Clear();
                break;
            }

            done += read;
        }

        return bytes;
    }

    public void Dispose()
    {
        foreach (var handle in _handles.Values)
        {
            handle.Dispose();
        }
    }

    private SafeFileHandle HandleOf(SegmentKind kind, int number)
    {
        if (!_handles.TryGetValue(number, out var handle))
        {
            handle = File.OpenHandle(
                Path.Combine(folder, SegmentHeader.NameOf(kind, number)), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _handles[number] = handle;
        }

        return handle;
    }
}
