using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Gif;

/// <summary>Walks a GIF to the end of its first frame, and hands ImageSharp that frame alone.</summary>
/// <remarks>What the frame leaves free of its canvas is white, as transparency is.</remarks>
internal ref struct GifReader
{
    private readonly ReadOnlySpan<byte> _file;
    private int _position = 6;
    private int _transparent = -1;

    private GifReader(ReadOnlySpan<byte> file) => _file = file;

    /// <summary>Decodes the first frame.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits) => new GifReader(file).Read(limits);

    private RgbPicture Read(PictureLimits limits)
    {
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
        ReadOnlySpan<byte> size = descriptor[4..8];
        int frameWidth = BinaryPrimitives.ReadUInt16LittleEndian(size);
        int frameHeight = BinaryPrimitives.ReadUInt16LittleEndian(size[2..]);
        limits.Check(frameWidth, frameHeight);
        ReadOnlySpan<byte> own = Palette(descriptor[8]);
        palette = own.IsEmpty ? palette : own;
        PictureRefusedException.CorruptIf(palette.IsEmpty, "The GIF has no palette.");
        byte rootBits = Take(1)[0];
        using var coded = new MemoryStream(_file.Length - _position);
        ReadOnlySpan<byte> blocks = Blocks(coded);
        GifLzw.Walk(
            coded.GetBuffer().AsSpan(0, (int)coded.Length), rootBits, frameWidth * frameHeight, palette.Length / 3, _transparent);

        // The frame as a canvas of its own: ImageSharp paints what a smaller frame leaves free black.
        using var rewritten = new MemoryStream(_file.Length + 64);
        rewritten.Write("GIF89a"u8);
        rewritten.Write(size);
        rewritten.Write([(byte)(0x80 | (int.Log2(palette.Length / 3) - 1)), 0, 0]);
        rewritten.Write(palette);
        if (_transparent >= 0)
        {
            rewritten.Write([0x21, 0xF9, 4, 1, 0, 0, (byte)_transparent, 0]);
        }

        rewritten.Write([0x2C, 0, 0, 0, 0]);
        rewritten.Write(size);
        rewritten.Write([(byte)(descriptor[8] & 0x40), rootBits]);
        rewritten.Write(blocks);
        rewritten.Write([0, 0x3B]);
        return WhiteCanvas.Place(ImageSharpDecoder.Gif(rewritten), left, top, width, height);
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

    /// <summary>The whole sub-blocks of the frame, and their content joined.</summary>
    private ReadOnlySpan<byte> Blocks(MemoryStream joined)
    {
        int start = _position;
        while (_position < _file.Length && _file[_position] != 0 && _position + _file[_position] < _file.Length)
        {
            joined.Write(Take(Take(1)[0]));
        }

        return _file[start.._position];
    }

    private ReadOnlySpan<byte> Palette(byte flags) => (flags & 0x80) != 0 ? Take(3 * (2 << (flags & 7))) : [];

    private ReadOnlySpan<byte> Take(int count)
    {
        PictureRefusedException.TruncatedIf(
            count > _file.Length - _position, "The GIF ends before its first frame does.");
        ReadOnlySpan<byte> taken = _file.Slice(_position, count);
        _position += count;
        return taken;
    }
}
