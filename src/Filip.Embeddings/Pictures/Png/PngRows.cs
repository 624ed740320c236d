using System.Buffers;
using System.IO.Compression;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>Inflates the pixel data a row at a time, undoes the row filters, and puts the rows where they belong.</summary>
internal sealed class PngRows : IDisposable
{
    private static readonly (int X, int Y, int StepX, int StepY)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private readonly PngHeader _header;
    private readonly byte[] _deflated;
    private readonly ZLibStream _data;
    private byte[] _row;
    private byte[] _above;

    /// <summary>Joins the data chunks into one stream.</summary>
    public PngRows(PngHeader header, List<ReadOnlyMemory<byte>> chunks)
    {
        _header = header;
        int length = chunks.Sum(chunk => chunk.Length);
        _deflated = ArrayPool<byte>.Shared.Rent(length);
        int position = 0;
        foreach (ReadOnlyMemory<byte> chunk in chunks)
        {
            chunk.CopyTo(_deflated.AsMemory(position));
            position += chunk.Length;
        }

        _data = new ZLibStream(new MemoryStream(_deflated, 0, length, writable: false), CompressionMode.Decompress);
        int row = header.RowBytes(header.Width) + 1;
        (_row, _above) = (ArrayPool<byte>.Shared.Rent(row), ArrayPool<byte>.Shared.Rent(row));
    }

    /// <summary>Reads every row; the stream must end well behind the last.</summary>
    public RgbPicture Read(PngPixels pixels)
    {
        byte[] rgb = new byte[3 * _header.Width * _header.Height];
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> passes =
            _header.Interlaced ? s_adam7 : [(0, 0, 1, 1)];
        foreach ((int x, int y, int stepX, int stepY) in passes)
        {
            if (x >= _header.Width)
            {
                continue;       // a pass without columns has no rows either, not even filter bytes
            }

            int columns = (_header.Width - x + stepX - 1) / stepX;
            int length = _header.RowBytes(columns) + 1;
            _above.AsSpan(0, length).Clear();
            for (int row = y; row < _header.Height; row += stepY)
            {
                Fill(_row.AsSpan(0, length));
                PngFilter.Undo(_row.AsSpan(0, length), _above.AsSpan(0, length), _header.PixelBytes);
                pixels.Write(_row.AsSpan(1, length - 1), columns, rgb, (row * _header.Width) + x, stepX);
                (_row, _above) = (_above, _row);
            }
        }

        CheckEnd();
        return new RgbPicture(rgb, _header.Width, _header.Height);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        _data.Dispose();
        ArrayPool<byte>.Shared.Return(_deflated);
        ArrayPool<byte>.Shared.Return(_row);
        ArrayPool<byte>.Shared.Return(_above);
    }

    private void Fill(Span<byte> row)
    {
        int got;
        try
        {
            got = _data.ReadAtLeast(row, row.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw new PictureRefusedException(
                PictureRefusal.Corrupt, "The compressed pixel data is broken or ends early.", exception);
        }

        if (got < row.Length)
        {
            throw PictureRefusedException.Truncated("The pixel data ends before the last row of the picture.");
        }
    }

    private void CheckEnd()
    {
        // Only a read past the last byte makes the inflater look at the stream's checksum.
        try
        {
            if (_data.ReadByte() >= 0)
            {
                throw PictureRefusedException.Corrupt("The pixel data goes on behind the last row of the picture.");
            }
        }
        catch (InvalidDataException exception)
        {
            throw new PictureRefusedException(
                PictureRefusal.Corrupt, "The pixel data's checksum is wrong or missing.", exception);
        }
    }
}
