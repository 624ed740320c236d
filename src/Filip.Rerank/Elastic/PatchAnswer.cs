using System.Formats.Cbor;
using System.Text;
using Filip.Recall.Elastic;

namespace Filip.Rerank.Elastic;

/// <summary>Reads the CBOR answer of a search for patch records without copying them.</summary>
internal static class PatchAnswer
{
    private static readonly byte[] s_hits = Encoding.UTF8.GetBytes("hits");
    private static readonly byte[] s_index = Encoding.UTF8.GetBytes("_index");
    private static readonly byte[] s_id = Encoding.UTF8.GetBytes("_id");
    private static readonly byte[] s_fields = Encoding.UTF8.GetBytes("fields");
    private static readonly byte[] s_patches = Encoding.UTF8.GetBytes(ElasticFields.Patches);
    private static readonly byte[] s_attached = Encoding.UTF8.GetBytes(Attached);

    /// <summary>Where the record stands in an attached index. There a field <c>patches</c> would be the user's.</summary>
    public static string Attached => $"{ElasticLayout.Root}.{ElasticFields.Patches}";

    /// <summary>Adds each hit's record to <paramref name="places"/>, as a slice of <paramref name="body"/>.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="places">Record by id, or by what <paramref name="key"/> makes of it.</param>
    /// <param name="key">Makes a key of <c>_index</c> and <c>_id</c>; null takes the id alone.</param>
    /// <exception cref="InvalidDataException">The body is no such answer.</exception>
    public static void Read(
        ReadOnlyMemory<byte> body, Dictionary<string, ReadOnlyMemory<byte>> places, Func<string, string, string>? key = null)
    {
        try
        {
            var reader = new CborReader(body, CborConformanceMode.Lax);
            CborMap.Walk(reader, (name, inner) =>
            {
                if (!name.SequenceEqual(s_hits))
                {
                    return false;
                }

                CborMap.Walk(inner, (innerName, list) => innerName.SequenceEqual(s_hits) && ReadHits(list, places, key));
                return true;
            });
        }
        catch (Exception error) when (error is CborContentException or InvalidOperationException)
        {
            throw new InvalidDataException(
                "Elasticsearch's answer to a search for patches is not the CBOR that was expected. Is something between that changes bodies?", error);
        }
    }

    private static bool ReadHits(
        CborReader reader, Dictionary<string, ReadOnlyMemory<byte>> places, Func<string, string, string>? key)
    {
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            string? index = null, id = null;
            ReadOnlyMemory<byte> record = default;
            CborMap.Walk(reader, (name, value) =>
            {
                if (name.SequenceEqual(s_index) && key is not null)
                {
                    index = value.ReadTextString();
                    return true;
                }

                if (name.SequenceEqual(s_id))
                {
                    id = value.ReadTextString();
                    return true;
                }

                if (!name.SequenceEqual(s_fields))
                {
                    return false;
                }

                var ours = false;
                CborMap.Walk(value, (field, values) =>
                {
                    var attached = field.SequenceEqual(s_attached);
                    if (ours || !(attached || field.SequenceEqual(s_patches)))
                    {
                        return false;
                    }

                    ours = attached;
                    values.ReadStartArray();
                    if (values.PeekState() == CborReaderState.ByteString)
                    {
                        record = values.ReadDefiniteLengthByteString();
                    }

                    while (values.PeekState() != CborReaderState.EndArray)
                    {
                        values.SkipValue();
                    }

                    values.ReadEndArray();
                    return true;
                });
                return true;
            });
            if (id is not null)
            {
                places[key is null ? id : key(index ?? "", id)] = record;
            }
        }

        reader.ReadEndArray();
        return true;
    }
}
