using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Walks a whole JPEG before ImageSharp sees it, and rewrites what the pixels need and nothing else.</summary>
/// <remarks>
/// <para>ImageSharp takes cut files, fewer rows and corrupt codes without a word, and refuses fill bytes. Here a
/// picture passes only if every component's data ran to its last block and the end marker stands behind it. Fewer
/// scans than a progressive encoder usually writes are legal: every scan that is there must be whole.</para>
/// <para>The rewritten file holds tables, frame, scans and an Adobe marker of our own, which says how ImageSharp is to
/// take the components: where they are subsampled, as RGB, so that they come back as they were coded.</para>
/// </remarks>
internal ref partial struct JpegFence(ReadOnlySpan<byte> file, PictureLimits limits, MemoryStream rewritten)
{
    // Encoders write about ten; a file of thousands of tiny scans over a large frame would keep us for minutes.
    private const int MostScans = 200;

    // A whole picture at the limits in a dozen scans of each component; bounds the time that hostile files take.
    private const long MostBlockVisits = 40_000_000;

    // In larger pictures a tower's input averages over so many pixels that repeated chroma moves no score.
    private const int MostRaised = 4_000_000;

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly HuffmanTable?[] _dc = new HuffmanTable?[4];
    private readonly HuffmanTable?[] _ac = new HuffmanTable?[4];
    private readonly bool[] _steps = new bool[4];
    private ReadOnlySpan<byte> _header;
    private int _position = 2;
    private int _restartInterval;
    private int _adobeTransform = -1;
    private bool _jfif;
    private JpegFrame? _frame;

    /// <summary>EXIF's orientation; 0 where there is none.</summary>
    public int Orientation { get; private set; }

    /// <summary>Whether the rewritten picture's three components come back as coded, and samples want raising.</summary>
    public readonly bool ChromaIsRaw =>
        _frame is { Components.Length: 3, Subsampled: true } && _frame.Width * _frame.Height <= MostRaised;

    /// <summary>Whether three components are Y, Cb, Cr, by libjpeg's rules.</summary>
    public readonly bool IsLuminance => _jfif
        || (_adobeTransform >= 0
            ? _adobeTransform != 0
            : _frame?.Components is not [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }]);

    /// <summary>Walks from the first marker to the end marker.</summary>
    /// <exception cref="PictureRefusedException">The picture is not whole, broken, or of a kind that is not read.</exception>
    public JpegFrame Walk()
    {
        rewritten.Write([0xFF, 0xD8]);
        (int scans, long visits) = (0, 0);
        while (NextMarker() is var marker && marker != 0xD9)
        {
            ReadOnlySpan<byte> segment = marker is 0x01 or (>= 0xD0 and <= 0xD8) ? default : Segment();
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2:
                    ReadFrame(segment, progressive: marker == 0xC2);
                    break;
                case 0xC4:
                    ReadHuffmanTables(segment);
                    Write(marker, segment);
                    break;
                case 0xDB:
                    ReadQuantizationTables(segment);
                    Write(marker, segment);
                    break;
                case 0xDD:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    Write(marker, segment[..2]);
                    break;
                case 0xDA:
                    JpegScan scan = ReadScanHeader(segment);
                    visits += scan.Blocks;
                    PictureRefusedException.UnsupportedIf(
                        ++scans > MostScans || visits > MostBlockVisits,
                        $"{scans} scans over a picture of this size are more than are read.");
                    if (scans == 1)
                    {
                        WriteFrame();
                    }

                    Write(marker, segment);
                    int start = _position;
                    _position = scan.Walk(_file, start);
                    rewritten.Write(_file[start.._position]);
                    break;
                case 0xE0:
                    _jfif |= segment.StartsWith("JFIF\0"u8);
                    break;
                case 0xE1 when Orientation == 0 && segment.StartsWith("Exif\0\0"u8):
                    Orientation = ExifOrientation.Read(segment);
                    break;
                case 0xEE when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                    _adobeTransform = segment[11];
                    break;
                case 0xC3 or (>= 0xC5 and <= 0xCF):
                    throw PictureRefusedException.Unsupported(
                        $"JPEG of kind SOF{marker - 0xC0} (lossless, hierarchical or arithmetic); baseline and progressive are read.");
                case 0xD8:
                    throw PictureRefusedException.Corrupt("A second picture starts before the first one ends.");
            }
        }

        foreach (JpegComponent component in _frame?.Components ?? [])
        {
            PictureRefusedException.TruncatedIf(component.LowestBit[0] < 0, $"Component {component.Id} has no data.");
        }

        rewritten.Write([0xFF, 0xD9]);
        return _frame ?? throw PictureRefusedException.Truncated("There is no picture between the start and the end marker.");
    }

    private byte NextMarker()
    {
        int start = _position;
        while (_position < _file.Length && _file[_position] == 0xFF)
        {
            _position++;
        }

        PictureRefusedException.TruncatedIf(_position >= _file.Length, "The file ends without an end marker.");
        PictureRefusedException.CorruptIf(_position == start, $"Expected a marker at byte {start}, found {_file[start]:X2}.");
        return _file[_position++];
    }

    private ReadOnlySpan<byte> Segment()
    {
        PictureRefusedException.TruncatedIf(_position + 2 > _file.Length, "The file ends within a segment's length.");
        int length = BinaryPrimitives.ReadUInt16BigEndian(_file[_position..]);
        PictureRefusedException.CorruptIf(length < 2, $"A segment's length is {length}; it counts its own two bytes.");
        PictureRefusedException.TruncatedIf(_position + length > _file.Length, "A segment is longer than the file.");
        ReadOnlySpan<byte> segment = _file.Slice(_position + 2, length - 2);
        _position += length;
        return segment;
    }

    private readonly void Write(byte marker, ReadOnlySpan<byte> segment)
    {
        int length = segment.Length + 2;
        rewritten.Write([0xFF, marker, (byte)(length >> 8), (byte)length]);
        rewritten.Write(segment);
    }

    private readonly void WriteFrame()
    {
        int count = _frame!.Components.Length;
        int transform = count == 4 ? (_adobeTransform == 2 ? 2 : 0) : IsLuminance && !ChromaIsRaw ? 1 : 0;
        if (count > 1)
        {
            Write(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)transform]);
        }

        byte[] header = _header.ToArray();
        if (count == 1)
        {
            header[7] = 0x11;       // one component's factors mean nothing, but ImageSharp heeds them
        }

        Write(_frame.Progressive ? (byte)0xC2 : (byte)0xC0, header);
    }
}
