using System.Buffers.Binary;

namespace Filip.Indexer.Tests.Parts;

/// <summary>A folder of its own for one test, gone afterwards; makes small real pictures.</summary>
public sealed class ScratchFolder : IDisposable
{
    public ScratchFolder() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"filip-test-{Guid.NewGuid():N}");

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file, with its folders.</summary>
    public string Write(string relative, ReadOnlySpan<byte> bytes)
    {
        var file = At(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    public string Write(string relative, string text) => Write(relative, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a picture of one colour; another seed, another colour.</summary>
    public string Picture(string relative, int seed = 1) => Write(relative, Bmp(seed));

    /// <summary>A 24-bit BMP of 12 × 10 pixels whose colours follow from the seed.</summary>
    public static byte[] Bmp(int seed, int width = 12, int height = 10)
    {
        var stride = ((width * 3) + 3) / 4 * 4;
        var bytes = new byte[54 + (stride * height)];
        "BM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(34), stride * height);
        var state = (uint)seed * 2654435761u;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width * 3; x++)
            {
                bytes[54 + (y * stride) + x] = (byte)((state >> 16) + (uint)(x * 3) + (uint)(y * 7));
            }
        }

        return bytes;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
