using System.Runtime.CompilerServices;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>One call's work: the dot products of some patch rows with all query tokens, over some of the words.</summary>
/// <remarks>
/// Sums come out as <c>Sums[row * Lanes + token] = Start[row * StartStride + token] + sum over words of token's · row's</c>.
/// A kernel may write up to <see cref="SlackRows"/> rows past the last one; the buffer has room for them.
/// </remarks>
internal unsafe struct SumBlock
{
    /// <summary>Rows a kernel may write past the last one.</summary>
    public const int SlackRows = 8;

    /// <summary>The tokens' words, <c>[word][lane]</c>.</summary>
    public uint* Query;

    /// <summary>Tokens padded to whole vectors, the last one repeated.</summary>
    public nint Lanes;

    /// <summary>First word, inclusive.</summary>
    public nint From;

    /// <summary>Last word, exclusive.</summary>
    public nint To;

    /// <summary>The first row's first word.</summary>
    public byte* Rows;

    /// <summary>Bytes from one row to the next.</summary>
    public nint RowBytes;

    /// <summary>Rows, at least 1.</summary>
    public nint RowCount;

    /// <summary>What the sums start from.</summary>
    public uint* Start;

    /// <summary>Words from one row's start to the next's; 0 where all rows start alike.</summary>
    public nint StartStride;

    /// <summary>Where the sums go, <c>[row][lane]</c>.</summary>
    public uint* Sums;

    /// <summary>A row's first word of this block; past the end the last row again, which changes no maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly byte* Row(nint row) => Rows + ((row < RowCount ? row : RowCount - 1) * RowBytes) + (From * sizeof(uint));
}
