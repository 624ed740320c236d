using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Reads the first picture of a JPEG file (or of several in one, MPO): baseline and progressive, 8 bits, Huffman.</summary>
/// <remarks>
/// A picture comes out only if every component's data ran to its last block and the end marker stands behind it.
/// Fewer scans than a progressive encoder usually writes are legal: every scan that is there must be whole.
/// </remarks>
internal ref partial struct JpegReader
{
    // Encoders write about ten; a file of thousands of tiny scans over a large frame would keep us for minutes.
    private const int MostScans = 200;

    // A whole picture at the limits in a dozen scans of each component; bounds the time that hostile files take.
    private const long MostBlockVisits = 40_000_000;

    private readonly ReadOnlySpan<byte> _file;
    private readonly PictureLimits _limits;
    private readonly HuffmanTable?[] _dc = new HuffmanTable?[4];
    private readonly HuffmanTable?[] _ac = new HuffmanTable?[4];
    private readonly int[]?[] _steps = new int[]?[4];
    private int _position = 2;
    private int _restartInterval;
    private int _adobeTransform = -1;
    private bool _jfif;
    private int _orientation;
    private JpegFrame? _frame;

    private JpegReader(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        _file = file;
        _limits = limits;
    }

    /// <summary>Decodes the picture.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, broken, or of a kind that is not read.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        var reader = new JpegReader(file, limits);
        try
        {
            reader.ReadToEnd();
            return ExifOrientation.Apply(reader.Finish(), reader._orientation);
        }
        finally
        {
            foreach (JpegComponent component in reader._frame?.Components ?? [])
            {
                component.Release();
            }
        }
    }

    private void ReadToEnd()
    {
        int scans = 0;
        long visits = 0;
        while (true)
        {
            byte marker = NextMarker();
            switch (marker)
            {
                case 0xD9:
                    return;
                case 0xC0 or 0xC1 or 0xC2:
                    ReadFrame(Segment(), progressive: marker == 0xC2);
                    break;
                case 0xC4:
                    ReadHuffmanTables(Segment());
                    break;
                case 0xDB:
                    ReadQuantizationTables(Segment());
                    break;
                case 0xDD:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(Segment());
                    break;
                case 0xDA:
                    JpegScan scan = ReadScanHeader(Segment());
                    visits += scan.Components.Sum(component => (long)component.BlocksWide * component.BlocksHigh);
                    if (++scans > MostScans || visits > MostBlockVisits)
                    {
                        throw PictureRefusedException.Unsupported($"{scans} scans over a picture of this size are more than are read.");
                    }

                    _position = scan.Decode(_file, _position, _frame!);
                    break;
                case 0xE0:
                    _jfif |= Segment().StartsWith("JFIF\0"u8);
                    break;
                case 0xE1:
                    ReadExif(Segment());
                    break;
                case 0xEE:
                    ReadAdobe(Segment());
                    break;
                case 0xC3 or (>= 0xC5 and <= 0xC7) or (>= 0xC9 and <= 0xCB) or (>= 0xCD and <= 0xCF):
                    throw PictureRefusedException.Unsupported(
                        $"JPEG of kind SOF{marker - 0xC0} (lossless, hierarchical or arithmetic); baseline and progressive are read.");
                case 0x01 or (>= 0xD0 and <= 0xD7):
                    break;
                case 0xD8:
                    throw PictureRefusedException.Corrupt("A second picture starts before the first one ends.");
                default:
                    Segment();
                    break;
            }
        }
    }

    private byte NextMarker()
    {
        if (_position + 1 >= _file.Length)
        {
            throw PictureRefusedException.Truncated("The file ends without an end marker.");
        }

        if (_file[_position] != 0xFF)
        {
            throw PictureRefusedException.Corrupt($"Expected a marker at byte {_position}, found {_file[_position]:X2}.");
        }

        while (_position < _file.Length && _file[_position] == 0xFF)
        {
            _position++;
        }

        return _position < _file.Length
            ? _file[_position++]
            : throw PictureRefusedException.Truncated("The file ends without an end marker.");
    }

    private ReadOnlySpan<byte> Segment()
    {
        if (_position + 2 > _file.Length)
        {
            throw PictureRefusedException.Truncated("The file ends within a segment's length.");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_file[_position..]);
        if (length < 2)
        {
            throw PictureRefusedException.Corrupt($"A segment's length is {length}; it counts its own two bytes.");
        }

        if (_position + length > _file.Length)
        {
            throw PictureRefusedException.Truncated("A segment is longer than the file.");
        }

        ReadOnlySpan<byte> segment = _file.Slice(_position + 2, length - 2);
        _position += length;
        return segment;
    }

    private void ReadExif(ReadOnlySpan<byte> segment)
    {
        if (_orientation == 0 && segment.StartsWith("Exif\0\0"u8))
        {
            _orientation = ExifOrientation.Read(segment);
        }
    }

    private void ReadAdobe(ReadOnlySpan<byte> segment)
    {
        if (segment.Length >= 12 && segment.StartsWith("Adobe"u8))
        {
            _adobeTransform = segment[11];
        }
    }

    private readonly RgbPicture Finish()
    {
        if (_frame is null)
        {
            throw PictureRefusedException.Truncated("There is no picture between the start and the end marker.");
        }

        foreach (JpegComponent component in _frame.Components)
        {
            if (component.LowestBit[0] < 0)
            {
                throw PictureRefusedException.Truncated($"Component {component.Id} has no data.");
            }

            for (int row = 0; _frame.Progressive && row < component.BlocksHigh; row++)
            {
                for (int column = 0; column < component.BlocksWide; column++)
                {
                    InverseDct.Write(
                        component.Coefficients.AsSpan(component.CoefficientOffset(row, column), 64), component.Steps,
                        component.Plane.AsSpan(component.PlaneOffset(row, column)), component.Stride);
                }
            }
        }

        return JpegColour.ToRgb(_frame, ColourSpace(_frame.Components));
    }

    private readonly JpegColourSpace ColourSpace(JpegComponent[] components) => components.Length switch
    {
        1 => JpegColourSpace.Grey,
        4 => _adobeTransform == 2 ? JpegColourSpace.Ycck : JpegColourSpace.Cmyk,
        _ when _jfif => JpegColourSpace.YCbCr,
        _ when _adobeTransform >= 0 => _adobeTransform == 0 ? JpegColourSpace.Rgb : JpegColourSpace.YCbCr,
        _ => components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }]
            ? JpegColourSpace.Rgb
            : JpegColourSpace.YCbCr,
    };
}
