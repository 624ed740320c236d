using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>From restored rows of any PNG kind to RGB over white.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;

    // Palette and grey of at most 8 bits: every value's colour, worked out once.
    private readonly byte[] _colours = [];
    private readonly int _colourCount;

    // The one colour that tRNS makes transparent, as stored; -1 where there is none.
    private readonly int[] _key = [-1, -1, -1];

    /// <summary>Prepares the colours.</summary>
    /// <exception cref="PictureRefusedException">The palette or the transparency chunk does not fit the kind.</exception>
    public PngPixels(PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        _header = header;
        if (header.Colour is 0 or 2 && !transparency.IsEmpty)
        {
            if (transparency.Length < 2 * header.Channels)
            {
                throw PictureRefusedException.Corrupt("The transparency chunk is too short for its colour.");
            }

            for (int channel = 0; channel < header.Channels; channel++)
            {
                _key[channel] = BinaryPrimitives.ReadUInt16BigEndian(transparency[(2 * channel)..]);
            }
        }

        if (header.Colour == 3)
        {
            if (palette.IsEmpty || palette.Length % 3 != 0)
            {
                throw PictureRefusedException.Corrupt("A palette picture without a proper palette.");
            }

            _colourCount = palette.Length / 3;
            _colours = palette.ToArray();
            for (int i = 0; i < _colours.Length; i++)
            {
                int alpha = i / 3 < transparency.Length ? transparency[i / 3] : 255;
                _colours[i] = Over.White(_colours[i], alpha);
            }
        }
        else if (header is { Colour: 0, Depth: <= 8 })
        {
            _colourCount = 1 << header.Depth;
            _colours = new byte[3 * _colourCount];
            for (int value = 0; value < _colourCount; value++)
            {
                byte grey = value == _key[0] ? (byte)255 : (byte)(value * 255 / (_colourCount - 1));
                _colours.AsSpan(3 * value, 3).Fill(grey);
            }
        }
    }

    /// <summary>Writes one row's pixels.</summary>
    /// <param name="row">The restored row.</param>
    /// <param name="count">Its pixels.</param>
    /// <param name="rgb">The whole picture.</param>
    /// <param name="pixel">Number of the row's first pixel in the picture.</param>
    /// <param name="step">From one of its pixels to the next.</param>
    public void Write(ReadOnlySpan<byte> row, int count, Span<byte> rgb, int pixel, int step)
    {
        int to = 3 * pixel;
        step *= 3;
        if (_colourCount > 0)
        {
            WriteIndexed(row, count, rgb, to, step);
            return;
        }

        // Of 16 bits the high byte comes first; the low one is dropped.
        int sample = _header.Depth / 8;
        bool colour = _header.Colour is 2 or 6;
        int alphaAt = _header.Colour is 4 or 6 ? (_header.Channels - 1) * sample : -1;
        int pixelBytes = _header.PixelBytes;
        for (int i = 0; i < count; i++, to += step)
        {
            ReadOnlySpan<byte> stored = row.Slice(i * pixelBytes, pixelBytes);
            byte red = stored[0];
            byte green = colour ? stored[sample] : red;
            byte blue = colour ? stored[2 * sample] : red;
            if (alphaAt >= 0)
            {
                int alpha = stored[alphaAt];
                (red, green, blue) = (Over.White(red, alpha), Over.White(green, alpha), Over.White(blue, alpha));
            }
            else if (_key[0] >= 0 && IsKey(stored, sample))
            {
                (red, green, blue) = (255, 255, 255);
            }

            (rgb[to], rgb[to + 1], rgb[to + 2]) = (red, green, blue);
        }
    }

    private void WriteIndexed(ReadOnlySpan<byte> row, int count, Span<byte> rgb, int to, int step)
    {
        int depth = _header.Depth;
        int mask = (1 << depth) - 1;
        for (int i = 0; i < count; i++, to += step)
        {
            int bit = i * depth;
            int index = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
            if (index >= _colourCount)
            {
                throw PictureRefusedException.Corrupt($"Colour {index} of a palette of {_colourCount}.");
            }

            (rgb[to], rgb[to + 1], rgb[to + 2]) = (_colours[3 * index], _colours[(3 * index) + 1], _colours[(3 * index) + 2]);
        }
    }

    private bool IsKey(ReadOnlySpan<byte> stored, int sample)
    {
        for (int channel = 0; channel < _header.Channels; channel++)
        {
            int value = sample == 2 ? BinaryPrimitives.ReadUInt16BigEndian(stored[(2 * channel)..]) : stored[channel];
            if (value != _key[channel])
            {
                return false;
            }
        }

        return true;
    }
}
