using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The visible part of one segment file, mapped for reading; lives while anyone holds it.</summary>
/// <remarks>
/// Only bytes that the database vouches for are mapped, and only after the file was seen to be that long: reading past
/// the end of a mapped file ends the process. Whoever shortens the file by hand while it is open still can do that.
/// </remarks>
internal sealed unsafe class SegmentMap : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private int _holders = 1;

    private SegmentMap(MemoryMappedFile file, MemoryMappedViewAccessor view, SegmentHeader header, int length)
    {
        _file = file;
        _view = view;
        Header = header;
        Length = length;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + view.PointerOffset;
    }

    public SegmentHeader Header { get; }

    public int Length { get; }

    /// <summary>The first byte; valid while the map is held.</summary>
    public byte* Start => _start;

    /// <summary>Maps a segment of which the database vouches for <paramref name="length"/> bytes.</summary>
    /// <exception cref="InvalidDataException">The file is shorter, or its header is another.</exception>
    public static SegmentMap Open(string folder, SegmentHeader header, int length)
    {
        var path = Path.Combine(folder, header.FileName);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (length < SegmentHeader.Length || stream.Length < length)
        {
            throw new InvalidDataException(
                $"'{path}' holds {stream.Length} bytes; the index says {length}. The file was cut: bring it back from a copy, "
                + "or index again into a new folder.");
        }

        var file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            var map = new SegmentMap(file, view, header, length);
            if (header.Mismatch(map.GetSpan()) is { } wrong)
            {
                map.Release();
                throw new InvalidDataException(
                    $"'{path}' is not the segment the index means: {wrong}. Bring it back from a copy, or index again into a new folder.");
            }

            return map;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The bytes at a place, or nothing where the place is not inside this segment.</summary>
    public ReadOnlySpan<byte> Slice(int offset, int length) =>
        Contains(offset, length) ? new ReadOnlySpan<byte>(_start + offset, length) : default;

    public bool Contains(int offset, int length) =>
        offset >= SegmentHeader.Length && length > 0 && (long)offset + length <= Length;

    public override Span<byte> GetSpan() => Volatile.Read(ref _holders) > 0
        ? new Span<byte>(_start, Length)
        : throw new ObjectDisposedException(nameof(SegmentMap), "The patch batch was disposed; its records are gone.");

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, default, this);

    public override void Unpin()
    {
    }

    /// <summary>One more holder; each ends with <see cref="Release"/>. Only to be called by who knows it is held.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    // No finalizer: a batch that someone forgot costs address space until the process ends; unmapping under a span would end it.
    protected override void Dispose(bool disposing)
    {
    }
}
