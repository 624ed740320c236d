using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Filip.Embeddings.Pictures;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>The picture goldens as the tests read them; expected pixels come by a second, plain PNG reader.</summary>
internal static class PictureFiles
{
    /// <summary>A file of the picture goldens.</summary>
    public static string Path(params string[] path) => GoldenFiles.Require(["images", .. path]);

    /// <summary>Entries of an index whose files are there; the committed part holds some of them.</summary>
    public static IEnumerable<JsonElement> Entries(string folder, string index, string list, string member)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path(folder, index)));
        string root = System.IO.Path.GetDirectoryName(Path(folder, index))!;
        return [.. document.RootElement.GetProperty(list).EnumerateArray()
            .Where(entry => File.Exists(System.IO.Path.Combine(root, entry.GetProperty(member).GetString()!)))
            .Select(entry => entry.Clone())];
    }

    /// <summary>A plain reader for the reference pictures (8-bit RGB or grey, not interlaced), apart from the decoder under test.</summary>
    public static RgbPicture Reference(params string[] path)
    {
        byte[] file = File.ReadAllBytes(Path(path));
        (int width, int height, int channels) = (0, 0, 0);
        using var deflated = new MemoryStream();
        for (int position = 8; position < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(position));
            ReadOnlySpan<byte> kind = file.AsSpan(position + 4, 4);
            ReadOnlySpan<byte> content = file.AsSpan(position + 8, length);
            if (kind.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                channels = (content[8], content[9], content[12]) switch
                {
                    (8, 2, 0) => 3,
                    (8, 0, 0) => 1,
                    _ => throw new InvalidDataException("A reference picture is 8-bit RGB or grey, not interlaced."),
                };
            }
            else if (kind.SequenceEqual("IDAT"u8))
            {
                deflated.Write(content);
            }

            position += length + 12;
        }

        deflated.Position = 0;
        using var rows = new ZLibStream(deflated, CompressionMode.Decompress);
        byte[] pixels = new byte[3 * width * height];
        byte[] above = new byte[width * channels];
        for (int y = 0; y < height; y++)
        {
            int filter = rows.ReadByte();
            byte[] row = new byte[width * channels];
            rows.ReadExactly(row);
            for (int i = 0; i < row.Length; i++)
            {
                int a = i >= channels ? row[i - channels] : 0, b = above[i], c = i >= channels ? above[i - channels] : 0;
                int p = a + b - c;
                (int pa, int pb, int pc) = (Math.Abs(p - a), Math.Abs(p - b), Math.Abs(p - c));
                int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
                row[i] += (byte)(filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, 4 => paeth, _ => throw new InvalidDataException() });
            }

            for (int i = 0; i < 3 * width; i++)
            {
                pixels[(3 * width * y) + i] = channels == 3 ? row[i] : row[i / 3];
            }

            above = row;
        }

        return new RgbPicture(pixels, width, height);
    }

    /// <summary>Largest and mean difference of two pictures of one size, in levels.</summary>
    public static (int Largest, double Mean) Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        (int largest, long sum) = (0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            int difference = Math.Abs(a[i] - b[i]);
            (largest, sum) = (Math.Max(largest, difference), sum + difference);
        }

        return (largest, (double)sum / a.Length);
    }

    /// <summary>A rectangle of a picture.</summary>
    public static byte[] Region(RgbPicture picture, int x, int y, int width, int height) =>
        [.. Enumerable.Range(y, height).SelectMany(row => picture.Pixels.Skip(3 * ((row * picture.Width) + x)).Take(3 * width))];

    /// <summary>The value of a count in the environment, or the default.</summary>
    public static int Count(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int count) ? count : otherwise;
}
