using System.Runtime.InteropServices;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>Bytes that end where a page begins that may not be read: one byte too far ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int None = 0;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _start;
    private readonly nint _length;
    private readonly int _count;

    public GuardedMemory(ReadOnlySpan<byte> bytes)
    {
        nint page = Environment.SystemPageSize;
        var readable = (bytes.Length + page - 1) / page * page;
        _count = bytes.Length;
        _length = readable + page;
        _start = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, _start);
        Assert.Equal(0, Protect(_start + readable, page, None));
        bytes.CopyTo(Span);
    }

    public static bool IsSupported => OperatingSystem.IsLinux();

    public Span<byte> Span => new((void*)(_start + _length - Environment.SystemPageSize - _count), _count);

    public void Dispose() => _ = Unmap(_start, _length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
