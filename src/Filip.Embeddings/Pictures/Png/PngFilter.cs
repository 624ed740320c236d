using System.Numerics;
using System.Runtime.InteropServices;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>PNG's five row filters, undone.</summary>
internal static class PngFilter
{
    /// <summary>Turns a filtered row (its filter byte first) back in place.</summary>
    /// <param name="row">Filter byte and row.</param>
    /// <param name="above">The row above, restored, at the same place; zeros for the first.</param>
    /// <param name="step">Bytes to the pixel on the left.</param>
    /// <exception cref="PictureRefusedException">There is no such filter.</exception>
    public static void Undo(Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        int filter = row[0];
        row = row[1..];
        above = above.Slice(1, row.Length);
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                break;
            case 2:
                Add(row, above);
                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                {
                    int left = i >= step ? row[i - step] : 0;
                    row[i] += (byte)((left + above[i]) >> 1);
                }

                break;
            case 4:
                for (int i = 0; i < row.Length; i++)
                {
                    (int left, int corner) = i >= step ? (row[i - step], above[i - step]) : (0, 0);
                    row[i] += (byte)Paeth(left, above[i], corner);
                }

                break;
            default:
                throw PictureRefusedException.Corrupt($"Row filter {filter}; PNG has 0 to 4.");
        }
    }

    private static void Add(Span<byte> row, ReadOnlySpan<byte> above)
    {
        int whole = row.Length - (row.Length % Vector<byte>.Count);
        Span<Vector<byte>> sums = MemoryMarshal.Cast<byte, Vector<byte>>(row[..whole]);
        ReadOnlySpan<Vector<byte>> addends = MemoryMarshal.Cast<byte, Vector<byte>>(above[..whole]);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += addends[i];
        }

        for (int i = whole; i < row.Length; i++)
        {
            row[i] += above[i];
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner);
        int toUp = Math.Abs(left - corner);
        int toCorner = Math.Abs(left + up - (2 * corner));
        if (toLeft <= toUp && toLeft <= toCorner)
        {
            return left;
        }

        return toUp <= toCorner ? up : corner;
    }
}
