using System.Buffers;
using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Gif;

/// <summary>Reads the first frame of a GIF onto its canvas; what the frame leaves free is white, as transparency is.</summary>
internal ref struct GifReader
{
    private readonly ReadOnlySpan<byte> _file;
    private int _position;
    private int _transparent = -1;

    private GifReader(ReadOnlySpan<byte> file) => _file = file;

    /// <summary>Decodes the first frame.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits) => new GifReader(file).Read(limits);

    private RgbPicture Read(PictureLimits limits)
    {
        _position = 6;
        ReadOnlySpan<byte> screen = Take(7);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(screen);
        int height = BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]);
        limits.Check(width, height);
        ReadOnlySpan<byte> palette = Palette(screen[4]);
        while (true)
        {
            byte kind = Take(1)[0];
            switch (kind)
            {
                case 0x21:
                    ReadExtension();
                    break;
                case 0x2C:
                    return ReadFrame(width, height, palette, limits);
                case 0x3B:
                    throw PictureRefusedException.Truncated("The GIF ends without a frame.");
                default:
                    throw PictureRefusedException.Corrupt($"A GIF block of kind {kind:X2}.");
            }
        }
    }

    private RgbPicture ReadFrame(int width, int height, ReadOnlySpan<byte> palette, PictureLimits limits)
    {
        ReadOnlySpan<byte> descriptor = Take(9);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(descriptor);
        int top = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[2..]);
        int frameWidth = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[4..]);
        int frameHeight = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[6..]);
        limits.Check(frameWidth, frameHeight);
        ReadOnlySpan<byte> own = Palette(descriptor[8]);
        palette = own.IsEmpty ? palette : own;
        if (palette.IsEmpty)
        {
            throw PictureRefusedException.Corrupt("The GIF has no palette.");
        }

        bool interlaced = (descriptor[8] & 0x40) != 0;
        int codeSize = Take(1)[0];
        byte[] indices = ArrayPool<byte>.Shared.Rent(frameWidth * frameHeight);
        byte[] coded = ArrayPool<byte>.Shared.Rent(_file.Length - _position);
        try
        {
            Span<byte> frame = indices.AsSpan(0, frameWidth * frameHeight);
            GifLzw.Decode(coded.AsSpan(0, Join(coded)), codeSize, frame);
            byte[] pixels = new byte[3 * width * height];
            pixels.AsSpan().Fill(255);
            for (int row = 0; row < frameHeight; row++)
            {
                int y = top + (interlaced ? InterlacedRow(row, frameHeight) : row);
                int columns = Math.Min(frameWidth, width - left);
                if (y < height && columns > 0)
                {
                    Paint(frame.Slice(row * frameWidth, columns), palette, pixels.AsSpan(3 * ((y * width) + left)));
                }
            }

            return new RgbPicture(pixels, width, height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(indices);
            ArrayPool<byte>.Shared.Return(coded);
        }
    }

    private readonly void Paint(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> palette, Span<byte> pixels)
    {
        for (int x = 0; x < indices.Length; x++)
        {
            int index = indices[x];
            if (index == _transparent)
            {
                continue;
            }

            if (3 * index >= palette.Length)
            {
                throw PictureRefusedException.Corrupt($"Colour {index} of a palette of {palette.Length / 3}.");
            }

            palette.Slice(3 * index, 3).CopyTo(pixels[(3 * x)..]);
        }
    }

    private static int InterlacedRow(int stored, int height)
    {
        int eighths = (height + 7) / 8;
        int fourths = (height + 3) / 8;
        int halves = (height + 1) / 4;
        if (stored < eighths)
        {
            return stored * 8;
        }

        stored -= eighths;
        if (stored < fourths)
        {
            return (stored * 8) + 4;
        }

        stored -= fourths;
        return stored < halves ? (stored * 4) + 2 : ((stored - halves) * 2) + 1;
    }

    private void ReadExtension()
    {
        byte label = Take(1)[0];
        for (int block = 0; ; block++)
        {
            ReadOnlySpan<byte> content = Take(Take(1)[0]);
            if (content.IsEmpty)
            {
                return;
            }

            if (label == 0xF9 && block == 0 && content.Length >= 4)
            {
                _transparent = (content[0] & 1) != 0 ? content[3] : -1;
            }
        }
    }

    /// <summary>Joins the frame's sub-blocks; a file that ends within them gives what there is.</summary>
    private int Join(Span<byte> coded)
    {
        int length = 0;
        while (_position < _file.Length && _file[_position] != 0)
        {
            int size = Math.Min(_file[_position], _file.Length - _position - 1);
            _file.Slice(_position + 1, size).CopyTo(coded[length..]);
            length += size;
            _position += size + 1;
        }

        return length;
    }

    private ReadOnlySpan<byte> Palette(byte flags) => (flags & 0x80) != 0 ? Take(3 * (2 << (flags & 7))) : [];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _file.Length - _position)
        {
            throw PictureRefusedException.Truncated("The GIF ends before its first frame does.");
        }

        ReadOnlySpan<byte> taken = _file.Slice(_position, count);
        _position += count;
        return taken;
    }
}
