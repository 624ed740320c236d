using System.Buffers.Binary;
using System.Numerics;

namespace Filip.Embeddings.Codecs;

/// <summary>CRC-32C (Castagnoli), the checksum of patch records and segment files.</summary>
/// <remarks>As in RFC 3720: reflected, initial value and final exclusive-or 0xFFFFFFFF; "123456789" gives 0xE3069283.</remarks>
public static class Crc32C
{
    /// <summary>The checksum of the bytes.</summary>
    /// <param name="bytes">Any number of bytes.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
