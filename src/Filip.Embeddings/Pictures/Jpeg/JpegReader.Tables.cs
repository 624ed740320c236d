using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Jpeg;

internal ref partial struct JpegReader
{
    private void ReadFrame(ReadOnlySpan<byte> segment, bool progressive)
    {
        if (_frame is not null)
        {
            throw PictureRefusedException.Corrupt("A second frame header.");
        }

        if (segment.Length < 6 || segment.Length != 6 + (3 * segment[5]))
        {
            throw PictureRefusedException.Corrupt("The frame header's length does not fit its number of components.");
        }

        if (segment[0] != 8)
        {
            throw PictureRefusedException.Unsupported($"{segment[0]} bits a sample; JPEGs of 8 are read.");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        _limits.Check(width, height);
        if (segment[5] is not (1 or 3 or 4))
        {
            throw PictureRefusedException.Unsupported($"{segment[5]} components; JPEGs of 1, 3 and 4 are read.");
        }

        var components = new JpegComponent[segment[5]];
        for (int index = 0; index < components.Length; index++)
        {
            ReadOnlySpan<byte> entry = segment.Slice(6 + (3 * index), 3);
            (int h, int v) = (entry[1] >> 4, entry[1] & 15);
            if (h is 0 or > 4 || v is 0 or > 4 || entry[2] > 3)
            {
                throw PictureRefusedException.Corrupt($"A component with sampling {h} x {v} and quantisation table {entry[2]}.");
            }

            components[index] = new JpegComponent { Id = entry[0], H = h, V = v, QuantizationTable = entry[2] };
        }

        var frame = new JpegFrame { Width = width, Height = height, Progressive = progressive, Components = components };
        foreach (JpegComponent component in components)
        {
            if (frame.MaxH % component.H != 0 || frame.MaxV % component.V != 0)
            {
                throw PictureRefusedException.Unsupported("Sampling factors that do not divide each other.");
            }
        }

        _frame = frame;
        foreach (JpegComponent component in components)
        {
            component.Allocate(frame);
        }
    }

    private readonly void ReadHuffmanTables(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int total = 0;
            for (int i = 1; i <= 16 && i < segment.Length; i++)
            {
                total += segment[i];
            }

            if (segment.Length < 17 + total || total > 256 || (segment[0] & 0x0F) > 3 || segment[0] > 0x1F)
            {
                throw PictureRefusedException.Corrupt("A Huffman table that cannot be.");
            }

            var table = new HuffmanTable(segment.Slice(1, 16), segment.Slice(17, total));
            if (segment[0] < 0x10 && segment.Slice(17, total).ContainsAnyInRange((byte)16, (byte)255))
            {
                throw PictureRefusedException.Corrupt("A Huffman table for DC with sizes over 15 bits.");
            }

            (segment[0] < 0x10 ? _dc : _ac)[segment[0] & 0x0F] = table;
            segment = segment[(17 + total)..];
        }
    }

    private readonly void ReadQuantizationTables(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int number = segment[0] & 0x0F;
            bool wide = segment[0] >> 4 != 0;
            int length = wide ? 129 : 65;
            if (number > 3 || segment[0] >> 4 > 1 || segment.Length < length)
            {
                throw PictureRefusedException.Corrupt("A quantisation table that cannot be.");
            }

            int[] steps = new int[64];
            for (int k = 0; k < 64; k++)
            {
                steps[ZigZag.Natural[k]] = wide
                    ? BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * k))..])
                    : segment[1 + k];
            }

            _steps[number] = steps;
            segment = segment[length..];
        }
    }

    private readonly JpegScan ReadScanHeader(ReadOnlySpan<byte> segment)
    {
        if (_frame is null)
        {
            throw PictureRefusedException.Corrupt("A scan before the frame header.");
        }

        if (segment.IsEmpty || segment[0] is 0 or > 4 || segment.Length != 4 + (2 * segment[0]))
        {
            throw PictureRefusedException.Corrupt("The scan header's length does not fit its number of components.");
        }

        ReadOnlySpan<byte> tail = segment[^3..];
        (int first, int last, int high, int low) = (tail[0], tail[1], tail[2] >> 4, tail[2] & 15);
        var components = new JpegComponent[segment[0]];
        for (int index = 0; index < components.Length; index++)
        {
            byte id = segment[1 + (2 * index)];
            byte tables = segment[2 + (2 * index)];
            JpegComponent component = Array.Find(_frame.Components, candidate => candidate.Id == id)
                ?? throw PictureRefusedException.Corrupt($"A scan of component {id}, which the frame does not have.");
            if (Array.IndexOf(components, component, 0, index) >= 0 || (tables & 15) > 3 || tables >> 4 > 3)
            {
                throw PictureRefusedException.Corrupt("A scan names a component twice or a table that cannot be.");
            }

            component.Dc = _dc[tables >> 4];
            component.Ac = _ac[tables & 15];
            component.Steps ??= _steps[component.QuantizationTable]
                ?? throw PictureRefusedException.Corrupt($"Quantisation table {component.QuantizationTable} is missing.");
            components[index] = component;
        }

        if (_frame.Progressive)
        {
            CheckProgression(components, first, last, high, low);
        }
        else
        {
            CheckSequential(components);
        }

        // Ten blocks a unit is the standard's limit; a frame of one component counts as factors 1 x 1.
        return components.Length > 1 && components.Sum(component => component.H * component.V) > 10
            ? throw PictureRefusedException.Corrupt("More than ten blocks in a unit.")
            : new JpegScan(components, first, last, high, low, _restartInterval);
    }

    private static void CheckSequential(JpegComponent[] components)
    {
        foreach (JpegComponent component in components)
        {
            if (component.Dc is null || component.Ac is null)
            {
                throw PictureRefusedException.Corrupt("A scan needs a Huffman table that the file does not hold.");
            }

            if (component.LowestBit[0] >= 0)
            {
                throw PictureRefusedException.Corrupt($"A second scan of component {component.Id} in a sequential picture.");
            }

            component.LowestBit.AsSpan().Clear();
        }
    }

    private static void CheckProgression(JpegComponent[] components, int first, int last, int high, int low)
    {
        bool shape = first == 0 ? last == 0 : components.Length == 1 && first <= last && last <= 63;
        if (!shape || low > 13 || (high != 0 && low != high - 1))
        {
            throw PictureRefusedException.Corrupt($"A progressive scan of coefficients {first} to {last}, bits {high} to {low}.");
        }

        foreach (JpegComponent component in components)
        {
            bool needsTable = first > 0 || high == 0;
            if (needsTable && (first == 0 ? component.Dc : component.Ac) is null)
            {
                throw PictureRefusedException.Corrupt("A scan needs a Huffman table that the file does not hold.");
            }

            for (int k = first; k <= last; k++)
            {
                if (Math.Max((int)component.LowestBit[k], 0) != high || (high == 0 && component.LowestBit[k] >= 0))
                {
                    throw PictureRefusedException.Corrupt("A progressive scan that does not go on where the last one stopped.");
                }

                component.LowestBit[k] = (sbyte)low;
            }
        }
    }
}
