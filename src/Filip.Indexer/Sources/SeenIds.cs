using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Filip.Indexer.Sources;

/// <summary>Remembers which ids a listing has named, and on which line, without keeping the ids.</summary>
/// <remarks>
/// 24 bytes a slot: a 128-bit hash (among 100 million ids two share one with a chance of about 1 in 10^23) and the line. Up
/// to a million slots they lie in memory; past that in a temporary file that is mapped and removed with the job, so that
/// the process stays flat. Not for several threads.
/// </remarks>
internal sealed class SeenIds : IDisposable
{
    private const int MostInMemory = 1 << 20;

    private ISlots _slots;

    /// <summary>Starts with nothing seen.</summary>
    /// <param name="capacity">Slots to start with, a power of two.</param>
    public SeenIds(int capacity = 1 << 12) => _slots = MakeSlots(capacity);

    private interface ISlots : IDisposable
    {
        long Length { get; }

        Slot this[long index] { get; set; }
    }

    /// <summary>How many different ids were seen.</summary>
    public long Count { get; private set; }

    /// <summary>Notes an id; false where it was seen before, and then on which line (0 without lines).</summary>
    public bool Add(string id, long line, out long firstLine)
    {
        if (Count * 10 >= _slots.Length * 7)
        {
            Grow();
        }

        var hash = HashOf(id);
        var at = Find(_slots, hash);
        var slot = _slots[at];
        if (!slot.IsEmpty)
        {
            firstLine = slot.Line;
            return false;
        }

        _slots[at] = new Slot(hash, line);
        Count++;
        firstLine = line;
        return true;
    }

    /// <summary>Whether the id was seen.</summary>
    public bool Contains(string id) => !_slots[Find(_slots, HashOf(id))].IsEmpty;

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private static UInt128 HashOf(string id)
    {
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(id.AsSpan()));
        return hash == 0 ? 1 : hash;        // 0 marks an empty slot
    }

    private static long Find(ISlots slots, UInt128 hash)
    {
        var mask = slots.Length - 1;
        var at = (long)(ulong)hash & mask;
        while (slots[at] is { IsEmpty: false } slot && slot.Hash != hash)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    private static ISlots MakeSlots(long length) => length <= MostInMemory ? new InMemory(length) : new InFile(length);

    private void Grow()
    {
        var larger = MakeSlots(_slots.Length * 2);
        for (long i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] is { IsEmpty: false } slot)
            {
                larger[Find(larger, slot.Hash)] = slot;
            }
        }

        _slots.Dispose();
        _slots = larger;
    }

    private readonly record struct Slot(ulong High, ulong Low, long Line)
    {
        public Slot(UInt128 hash, long line)
            : this((ulong)(hash >> 64), (ulong)hash, line)
        {
        }

        public static int Bytes => 24;

        public bool IsEmpty => High == 0 && Low == 0;

        public UInt128 Hash => new(High, Low);
    }

    private sealed class InMemory(long length) : ISlots
    {
        private readonly Slot[] _slots = new Slot[length];

        public long Length => _slots.Length;

        public Slot this[long index]
        {
            get => _slots[index];
            set => _slots[index] = value;
        }

        public void Dispose()
        {
        }
    }

    private sealed class InFile : ISlots
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;

        public InFile(long length)
        {
            Length = length;
            var stream = new FileStream(
                Path.Combine(Path.GetTempPath(), $"filip-seen-{Guid.NewGuid():N}"),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Options = FileOptions.DeleteOnClose,
                    BufferSize = 0,
                });
            _file = MemoryMappedFile.CreateFromFile(
                stream, null, length * Slot.Bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor();
        }

        public long Length { get; }

        public Slot this[long index]
        {
            get
            {
                _view.Read(index * Slot.Bytes, out Slot slot);
                return slot;
            }

            set => _view.Write(index * Slot.Bytes, ref value);
        }

        public void Dispose()
        {
            _view.Dispose();
            _file.Dispose();
        }
    }
}
