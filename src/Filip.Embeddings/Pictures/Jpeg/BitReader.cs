using System.Runtime.CompilerServices;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Bits of one scan's entropy-coded data, without its stuffed zeros; stops at a marker.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> file, int position)
{
    // A few bytes beyond the last code are left by sound encoders; more of them means that the codes went astray.
    private const int TolerableRest = 8;
    private const string Ended = "The coded data ends before the last row of the picture.";

    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = position;
    private ulong _bits;
    private int _count;

    /// <summary>One symbol; <paramref name="withNumber"/> also passes over the number whose size its low four bits are.</summary>
    /// <exception cref="PictureRefusedException">The data ends, or holds no code of the table.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table, bool withNumber)
    {
        if (_count < 32)
        {
            Fill();
        }

        (int length, int symbol) = table.Find((int)(_bits >> 48));
        PictureRefusedException.CorruptIf(
            length == 0 && _count >= 16, "The coded data holds a Huffman code that its table does not have.");
        Take(length == 0 ? 16 : length + (withNumber ? symbol & 15 : 0));
        return symbol;
    }

    /// <summary>The next 1 to 16 bits, unsigned.</summary>
    public int Bits(int size)
    {
        if (_count < size)
        {
            Fill();
        }

        int value = (int)(_bits >> (64 - size));
        Take(size);
        return value;
    }

    /// <summary>Passes over any number of bits.</summary>
    public void Skip(int size)
    {
        for (; size > 0; size -= 16)
        {
            Bits(Math.Min(size, 16));
        }
    }

    /// <summary>Goes on behind restart marker <paramref name="number"/>.</summary>
    /// <exception cref="PictureRefusedException">Another marker, or none, comes next.</exception>
    public void Restart(int number)
    {
        int marker = End() + 1;
        PictureRefusedException.TruncatedIf(marker >= _file.Length, Ended);
        PictureRefusedException.CorruptIf(
            _file[marker] != 0xD0 + number, "A restart marker is not where it should be: part of the scan is lost.");
        _position = marker + 1;
    }

    /// <summary>Drops padding; position of the 0xFF before the next marker's second byte, or the end of the data.</summary>
    /// <exception cref="PictureRefusedException">Coded data is left over.</exception>
    public int End()
    {
        int rest = _count >> 3;
        (_bits, _count) = (0, 0);
        for (; _position + 1 < _file.Length; _position++)
        {
            byte value = _file[_position];
            if (value == 0xFF && _file[_position + 1] is not (0x00 or 0xFF))
            {
                break;
            }

            // Zeros and fill bytes before a marker are legal, any number of them.
            rest += value is 0x00 or 0xFF ? 0 : 1;
        }

        PictureRefusedException.CorruptIf(rest > TolerableRest, "Coded data is left over: the codes went astray.");
        return _position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(int size)
    {
        PictureRefusedException.TruncatedIf(size > _count, Ended);
        _bits <<= size;
        _count -= size;
    }

    private void Fill()
    {
        while (_count <= 56 && _position < _file.Length)
        {
            byte value = _file[_position];
            if (value == 0xFF)
            {
                if (_position + 1 >= _file.Length || _file[_position + 1] != 0)
                {
                    return;     // a marker: the scan has no more bits
                }

                _position++;
            }

            _position++;
            _bits |= (ulong)value << (56 - _count);
            _count += 8;
        }
    }
}
