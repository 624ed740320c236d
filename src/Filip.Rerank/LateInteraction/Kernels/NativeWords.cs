using System.Runtime.InteropServices;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>Aligned 4-byte words outside the managed heap: vectors never cross a cache line, and a query allocates nothing managed.</summary>
internal sealed unsafe class NativeWords : SafeHandle
{
    private const int Alignment = 64;

    public NativeWords(nint count)
        : base(0, ownsHandle: true)
    {
        Count = count;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(count, 1) * sizeof(uint), Alignment));
    }

    /// <summary>Words there is room for.</summary>
    public nint Count { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The first word.</summary>
    public uint* Pointer => (uint*)handle;

    /// <summary>Room for at least so many words: this one, or a larger one in its place. The contents are not kept.</summary>
    public static NativeWords Grown(NativeWords? words, nint count)
    {
        if (words is not null && words.Count >= count)
        {
            return words;
        }

        words?.Dispose();
        return new NativeWords(count + (count / 2));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
