using Microsoft.Win32.SafeHandles;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Where a stretch of bytes was put.</summary>
internal readonly record struct SegmentPlace(int Segment, int Offset);

/// <summary>Appends to the newest segment of one kind and starts another when it is full.</summary>
/// <remarks>Nothing is durable before <see cref="Sync"/>; nothing is visible before the database says so.</remarks>
internal sealed class SegmentAppender : IDisposable
{
    private const int PatchAlignment = 16;

    private readonly string _folder;
    private readonly SegmentKind _kind;
    private readonly int _dimension;
    private readonly ulong _fingerprint;
    private readonly int _limit;
    private readonly Func<int> _nextNumber;
    private readonly Dictionary<int, int> _touched = [];
    private SafeFileHandle? _handle;
    private int _number;
    private int _position;
    private bool _folderChanged;

    public SegmentAppender(
        string folder, SegmentKind kind, int dimension, ulong fingerprint, int limit, Func<int> nextNumber)
    {
        _folder = folder;
        _kind = kind;
        _dimension = kind == SegmentKind.Pooled ? dimension : 0;
        _fingerprint = fingerprint;
        _limit = limit;
        _nextNumber = nextNumber;
    }

    /// <summary>Segments written to since the last call of <see cref="Committed"/>, with their lengths.</summary>
    public IReadOnlyDictionary<int, int> Touched => _touched;

    /// <summary>Goes on with a segment at its committed length; what a crash left behind that is cut off.</summary>
    public void Resume(int number, int length)
    {
        var header = new SegmentHeader(_kind, number, _dimension, _fingerprint);
        var path = Path.Combine(_folder, header.FileName);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var bytes = new byte[SegmentHeader.Length];
            var read = RandomAccess.Read(handle, bytes, 0);
            var there = RandomAccess.GetLength(handle);
            if (there < length || header.Mismatch(bytes.AsSpan(0, read)) is not null)
            {
                // Never appended to: what is left of it stays readable row by row, and verify names it.
                handle.Dispose();
                return;
            }

            if (there > length)
            {
                RandomAccess.SetLength(handle, length);
                RandomAccess.FlushToDisk(handle);
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        _handle = handle;
        _number = number;
        _position = length;
    }

    public SegmentPlace Append(ReadOnlySpan<byte> bytes)
    {
        if (_handle is null || (long)Aligned(_position) + bytes.Length > _limit)
        {
            Start();
        }

        var offset = Aligned(_position);
        RandomAccess.Write(_handle!, bytes, offset);
        _position = offset + bytes.Length;
        _touched[_number] = _position;
        return new SegmentPlace(_number, offset);
    }

    /// <summary>Makes everything appended durable.</summary>
    public void Sync()
    {
        if (_touched.Count == 0)
        {
            return;
        }

        RandomAccess.FlushToDisk(_handle!);
        if (_folderChanged)
        {
            Durable.SyncFolder(_folder);
            _folderChanged = false;
        }
    }

    /// <summary>The database has taken the new lengths over.</summary>
    public void Committed() => _touched.Clear();

    public void Dispose() => _handle?.Dispose();

    private int Aligned(int position) =>
        _kind == SegmentKind.Patches ? (position + PatchAlignment - 1) / PatchAlignment * PatchAlignment : position;

    private void Start()
    {
        if (_handle is not null)
        {
            RandomAccess.FlushToDisk(_handle);
            _handle.Dispose();
            _handle = null;
        }

        var header = new SegmentHeader(_kind, _nextNumber(), _dimension, _fingerprint);
        _handle = File.OpenHandle(
            Path.Combine(_folder, header.FileName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(_handle, header.ToBytes(), 0);
        _number = header.Number;
        _position = SegmentHeader.Length;
        _folderChanged = true;
    }
}
