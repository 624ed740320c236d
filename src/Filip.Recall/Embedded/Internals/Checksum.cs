using System.Buffers.Binary;
using System.Numerics;

namespace Filip.Recall.Embedded.Internals;

/// <summary>CRC32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static class Checksum
{
    /// <summary>The checksum of these bytes; of none, 0.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
