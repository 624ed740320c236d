using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Filip.Relevance.Online;

/// <summary>64 bits from names, the same on every replica, every machine, every day.</summary>
internal static class StableHash
{
    public static ulong Of(string purpose, params ReadOnlySpan<string> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        Append(purpose, length);
        foreach (string name in names)
        {
            Append(name, length);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);

        // The length goes in first: ("ab", "c") and ("a", "bc") are different names.
        void Append(string name, Span<byte> scratch)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(scratch, bytes.Length);
            hash.AppendData(scratch);
            hash.AppendData(bytes);
        }
    }
}
