using System.Formats.Cbor;
using System.Text;

namespace Filip.Recall.Elastic;

/// <summary>One hit of a search, its record a slice of the answer.</summary>
/// <param name="Id">The picture's id, from the column that holds it.</param>
/// <param name="Score">Its <c>_score</c>.</param>
/// <param name="Record">Its patch record; empty where there is none.</param>
internal readonly record struct CborHit(string Id, double Score, ReadOnlyMemory<byte> Record);

/// <summary>The hits of a search answered in CBOR, where stored bytes travel raw.</summary>
/// <param name="Hits">In the server's order.</param>
/// <param name="FailedShards">Shards that did not answer.</param>
/// <param name="Shards">Shards asked.</param>
/// <param name="TimedOut">Whether the search ended early.</param>
internal sealed record CborHits(IReadOnlyList<CborHit> Hits, int FailedShards, int Shards, bool TimedOut)
{
    /// <summary>Reads an answer without copying its records.</summary>
    /// <param name="body">The answer; it must outlive the hits.</param>
    /// <param name="idField">The keyword field that holds the id.</param>
    /// <param name="recordField">The stored field that holds the record.</param>
    /// <exception cref="InvalidDataException">The body is no such answer.</exception>
    public static CborHits Read(ReadOnlyMemory<byte> body, string idField, string recordField)
    {
        try
        {
            return new Walk(Encoding.UTF8.GetBytes(idField), Encoding.UTF8.GetBytes(recordField)).Answer(new CborReader(body, CborConformanceMode.Lax));
        }
        catch (Exception error) when (error is CborContentException or InvalidOperationException)
        {
            throw new InvalidDataException(
                "Elasticsearch's answer to a search is not the CBOR that was expected. Is something between that changes bodies?", error);
        }
    }

    private sealed class Walk(byte[] idField, byte[] recordField)
    {
        private readonly List<CborHit> _hits = [];
        private int _failed;
        private int _shards;
        private bool _timedOut;

        public CborHits Answer(CborReader reader)
        {
            CborMap.Walk(reader, (name, value) =>
            {
                if (name.SequenceEqual("timed_out"u8))
                {
                    _timedOut = value.ReadBoolean();
                    return true;
                }

                if (name.SequenceEqual("_shards"u8))
                {
                    CborMap.Walk(value, ReadShards);
                    return true;
                }

                if (!name.SequenceEqual("hits"u8))
                {
                    return false;
                }

                CborMap.Walk(value, (inner, list) => inner.SequenceEqual("hits"u8) && ReadHits(list));
                return true;
            });
            return new CborHits(_hits, _failed, _shards, _timedOut);
        }

        private bool ReadShards(ReadOnlySpan<byte> name, CborReader value)
        {
            if (name.SequenceEqual("failed"u8))
            {
                _failed = value.ReadInt32();
                return true;
            }

            if (name.SequenceEqual("total"u8))
            {
                _shards = value.ReadInt32();
                return true;
            }

            return false;
        }

        private bool ReadHits(CborReader reader)
        {
            reader.ReadStartArray();
            while (reader.PeekState() != CborReaderState.EndArray)
            {
                _hits.Add(ReadHit(reader));
            }

            reader.ReadEndArray();
            return true;
        }

        private CborHit ReadHit(CborReader reader)
        {
            string? id = null;
            var score = 0.0;
            ReadOnlyMemory<byte> record = default;
            CborMap.Walk(reader, (name, value) =>
            {
                if (name.SequenceEqual("_score"u8))
                {
                    score = value.ReadDouble();
                    return true;
                }

                if (!name.SequenceEqual("fields"u8))
                {
                    return false;
                }

                CborMap.Walk(value, (field, values) =>
                {
                    if (field.SequenceEqual(idField))
                    {
                        First(values, inner => id = inner.ReadTextString());
                        return true;
                    }

                    if (field.SequenceEqual(recordField))
                    {
                        First(values, inner => record = inner.ReadDefiniteLengthByteString());
                        return true;
                    }

                    return false;
                });
                return true;
            });
            return new CborHit(id ?? throw new InvalidOperationException("A hit has no id."), score, record);
        }

        // Fields are lists, of which the first is ours.
        private static void First(CborReader values, Action<CborReader> read)
        {
            values.ReadStartArray();
            read(values);
            while (values.PeekState() != CborReaderState.EndArray)
            {
                values.SkipValue();
            }

            values.ReadEndArray();
        }
    }
}
