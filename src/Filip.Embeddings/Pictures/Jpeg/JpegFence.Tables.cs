using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Jpeg;

internal ref partial struct JpegFence
{
    private void ReadFrame(ReadOnlySpan<byte> segment, bool progressive)
    {
        PictureRefusedException.CorruptIf(_frame is not null, "A second frame header.");
        PictureRefusedException.CorruptIf(
            segment.Length < 6 || segment.Length != 6 + (3 * segment[5]),
            "The frame header's length does not fit its number of components.");
        PictureRefusedException.UnsupportedIf(segment[0] != 8, $"{segment[0]} bits a sample; JPEGs of 8 are read.");
        PictureRefusedException.UnsupportedIf(
            segment[5] is not (1 or 3 or 4), $"{segment[5]} components; JPEGs of 1, 3 and 4 are read.");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        limits.Check(width, height);
        var components = new JpegComponent[segment[5]];
        for (int index = 0; index < components.Length; index++)
        {
            ReadOnlySpan<byte> entry = segment.Slice(6 + (3 * index), 3);
            (int h, int v) = (entry[1] >> 4, entry[1] & 15);
            PictureRefusedException.CorruptIf(
                h is 0 or > 4 || v is 0 or > 4 || entry[2] > 3,
                $"A component with sampling {h} x {v} and quantisation table {entry[2]}.");
            components[index] = new JpegComponent(entry[0], components.Length == 1 ? 1 : h, components.Length == 1 ? 1 : v);
        }

        _header = segment;
        _frame = new JpegFrame(width, height, progressive, components);
        foreach (JpegComponent component in components)
        {
            PictureRefusedException.UnsupportedIf(
                _frame.MaxH % component.H != 0 || _frame.MaxV % component.V != 0,
                "Sampling factors that do not divide each other.");
            component.Known = progressive ? new ulong[_frame.UnitsWide * component.H * _frame.UnitsHigh * component.V] : [];
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

            PictureRefusedException.CorruptIf(
                segment.Length < 17 + total || total > 256 || (segment[0] & 0x0F) > 3 || segment[0] > 0x1F,
                "A Huffman table that cannot be.");
            ReadOnlySpan<byte> symbols = segment.Slice(17, total);
            PictureRefusedException.CorruptIf(
                segment[0] < 0x10 && symbols.ContainsAnyInRange((byte)16, (byte)255),
                "A Huffman table for DC with sizes over 15 bits.");
            (segment[0] < 0x10 ? _dc : _ac)[segment[0] & 0x0F] = new HuffmanTable(segment.Slice(1, 16), symbols);
            segment = segment[(17 + total)..];
        }
    }

    private readonly void ReadQuantizationTables(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            (int number, int wide) = (segment[0] & 0x0F, segment[0] >> 4);
            PictureRefusedException.CorruptIf(
                number > 3 || wide > 1 || segment.Length < 1 + (64 << wide), "A quantisation table that cannot be.");
            _steps[number] = true;
            segment = segment[(1 + (64 << wide))..];
        }
    }

    private readonly JpegScan ReadScanHeader(ReadOnlySpan<byte> segment)
    {
        PictureRefusedException.CorruptIf(_frame is null, "A scan before the frame header.");
        PictureRefusedException.CorruptIf(
            segment.IsEmpty || segment[0] is 0 or > 4 || segment.Length != 4 + (2 * segment[0]),
            "The scan header's length does not fit its number of components.");
        ReadOnlySpan<byte> tail = segment[^3..];
        (int first, int last, int high, int low) = (tail[0], tail[1], tail[2] >> 4, tail[2] & 15);
        var components = new JpegComponent[segment[0]];
        for (int index = 0; index < components.Length; index++)
        {
            (byte id, byte tables) = (segment[1 + (2 * index)], segment[2 + (2 * index)]);
            int place = Array.FindIndex(_frame.Components, candidate => candidate.Id == id);
            PictureRefusedException.CorruptIf(place < 0, $"A scan of component {id}, which the frame does not have.");
            JpegComponent component = _frame.Components[place];
            PictureRefusedException.CorruptIf(
                Array.IndexOf(components, component, 0, index) >= 0 || (tables & 15) > 3 || tables >> 4 > 3,
                "A scan names a component twice or a table that cannot be.");
            PictureRefusedException.CorruptIf(!_steps[_header[8 + (3 * place)]], "A quantisation table is missing.");
            (component.Dc, component.Ac) = (_dc[tables >> 4], _ac[tables & 15]);
            components[index] = component;
        }

        bool progressive = _frame.Progressive;
        bool needsDc = !progressive || (first == 0 && high == 0);
        bool needsAc = !progressive || first > 0;
        PictureRefusedException.CorruptIf(
            Array.Exists(components, component => (needsDc && component.Dc is null) || (needsAc && component.Ac is null)),
            "A scan needs a Huffman table that the file does not hold.");
        CheckProgression(components, progressive ? (first, last, high, low) : (0, 63, 0, 0));

        // ImageSharp starts to paint after the first interleaved scan; nobody was seen to write only some together.
        PictureRefusedException.UnsupportedIf(
            !progressive && components.Length > 1 && components.Length < _frame.Components.Length,
            "A sequential scan of some components together.");

        // Ten blocks a unit is the standard's limit; a component alone counts as factors 1 x 1.
        PictureRefusedException.CorruptIf(
            components.Length > 1 && components.Sum(component => component.H * component.V) > 10,
            "More than ten blocks in a unit.");
        return new JpegScan(_frame, components, first, last, high, _restartInterval);
    }

    private readonly void CheckProgression(JpegComponent[] components, (int First, int Last, int High, int Low) scan)
    {
        bool shape = !_frame!.Progressive
            || (scan.First == 0 ? scan.Last == 0 : components.Length == 1 && scan.First <= scan.Last && scan.Last <= 63);
        PictureRefusedException.CorruptIf(
            !shape || scan.Low > 13 || (scan.High != 0 && scan.Low != scan.High - 1),
            $"A scan of coefficients {scan.First} to {scan.Last}, bits {scan.High} to {scan.Low}.");
        foreach (JpegComponent component in components)
        {
            foreach (ref sbyte lowest in component.LowestBit.AsSpan(scan.First, scan.Last - scan.First + 1))
            {
                PictureRefusedException.CorruptIf(
                    scan.High == 0 ? lowest >= 0 : lowest != scan.High,
                    "A scan that comes twice, or does not go on where the last one stopped.");
                lowest = (sbyte)scan.Low;
            }
        }
    }
}
