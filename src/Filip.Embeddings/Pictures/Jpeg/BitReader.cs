using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Bits of one scan's entropy-coded data, without its stuffed zeros; stops at a marker.</summary>
internal ref struct BitReader
{
    // A few bytes beyond the last code are left by sound encoders; more of them means that the codes went astray.
    private const int TolerableRest = 8;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private ulong _bits;
    private int _count;

    /// <summary>Starts at the first coded byte.</summary>
    public BitReader(ReadOnlySpan<byte> data, int position)
    {
        _data = data;
        _position = position;
    }

    /// <summary>One symbol.</summary>
    /// <exception cref="PictureRefusedException">The data ends, or holds no code of the table.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        if (_count < 16)
        {
            Fill();
        }

        int entry = table.Look[(int)(_bits >> (64 - HuffmanTable.LookBits))];
        if (entry == 0)
        {
            return LongSymbol(table);
        }

        Take(entry >> 8);
        return entry & 0xFF;
    }

    /// <summary>One symbol and the number behind it, whose size is the symbol's low four bits.</summary>
    /// <exception cref="PictureRefusedException">The data ends, or holds no code of the table.</exception>
    public int SymbolAndNumber(HuffmanTable table, out int number)
    {
        // A code of 16 bits and a number of 15 fit what a refill brings, so both are taken at once.
        if (_count < 32)
        {
            Fill();
        }

        int entry = table.Look[(int)(_bits >> (64 - HuffmanTable.LookBits))];
        if (entry == 0)
        {
            int symbol = LongSymbol(table);
            number = Signed(symbol & 15);
            return symbol;
        }

        int size = entry & 15;
        int length = entry >> 8;
        int value = (int)((_bits << length) >> 1 >> (63 - size));
        Take(length + size);
        number = value < (1 << size) >> 1 ? value - (1 << size) + 1 : value;
        return entry & 0xFF;
    }

    /// <summary>A number of the given size (0 to 15 bits) as JPEG signs it: a leading zero means negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Signed(int size)
    {
        if (size == 0)
        {
            return 0;
        }

        int value = Bits(size);
        return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    /// <summary>The next 1 to 16 bits, unsigned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Goes on behind restart marker <paramref name="number"/>.</summary>
    /// <exception cref="PictureRefusedException">Another marker, or none, comes next.</exception>
    public void Restart(int number)
    {
        int marker = ToMarker();
        if (marker >= _data.Length)
        {
            throw PictureRefusedException.Truncated("The coded data ends before the last row of the picture.");
        }

        if (_data[marker] != 0xD0 + number)
        {
            throw PictureRefusedException.Corrupt($"Restart marker {number} is not where it should be: part of the scan is lost.");
        }

        _position = marker + 1;
    }

    /// <summary>Ends the scan: position of the 0xFF before the next marker, or the end of the data.</summary>
    /// <exception cref="PictureRefusedException">Coded data is left over.</exception>
    public int End() => ToMarker() - 1;

    /// <summary>Drops padding; position of the next marker's second byte.</summary>
    private int ToMarker()
    {
        int rest = _count >> 3;
        bool padding = true;
        for (ulong bits = _bits << (_count & 7); rest > 0 && padding; bits <<= 8, rest--)
        {
            padding = (bits >> 56) is 0x00 or 0xFF;
        }

        rest = _count >> 3;
        (_bits, _count) = (0, 0);
        bool found = false;
        while (_position + 1 < _data.Length)
        {
            byte value = _data[_position++];
            found = value == 0xFF && _data[_position] is not (0x00 or 0xFF);
            if (found)
            {
                break;
            }

            if (value == 0xFF && _data[_position] == 0xFF)
            {
                continue;       // fill bytes before a marker are legal, any number of them
            }

            padding &= value is 0x00 or 0xFF;
            rest++;
        }

        if (!padding && rest > TolerableRest)
        {
            throw PictureRefusedException.Corrupt($"{rest} bytes of coded data are left over: the codes went astray.");
        }

        return found ? _position : _data.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(int size)
    {
        if (size > _count)
        {
            throw PictureRefusedException.Truncated("The coded data ends before the last row of the picture.");
        }

        _bits <<= size;
        _count -= size;
    }

    private int LongSymbol(HuffmanTable table)
    {
        (int length, int symbol) = _count >= HuffmanTable.LookBits
            ? table.FindLong((int)(_bits >> 48))
            : throw PictureRefusedException.Truncated("The coded data ends before the last row of the picture.");
        Take(length);
        return symbol;
    }

    private void Fill()
    {
        if (_position + 8 <= _data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_data[_position..]);
            if (((~next - 0x0101010101010101) & next & 0x8080808080808080) == 0)
            {
                // No 0xFF in sight: as many whole bytes as fit. The bits below them are right too and get set again.
                _bits |= next >> _count;
                int whole = (63 - _count) >> 3;
                _position += whole;
                _count += whole << 3;
                return;
            }
        }

        while (_count <= 56 && _position < _data.Length)
        {
            byte value = _data[_position];
            if (value == 0xFF)
            {
                if (_position + 1 >= _data.Length || _data[_position + 1] != 0)
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
