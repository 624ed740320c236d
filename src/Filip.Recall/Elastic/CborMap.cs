using System.Formats.Cbor;

namespace Filip.Recall.Elastic;

/// <summary>Takes what is known out of a CBOR map, as Elasticsearch writes it, and passes over the rest.</summary>
public static class CborMap
{
    /// <summary>Reads a member's value and answers true, or leaves it alone and answers false.</summary>
    /// <param name="name">The member's name in UTF-8.</param>
    /// <param name="value">Stands at its value.</param>
    public delegate bool Member(ReadOnlySpan<byte> name, CborReader value);

    /// <summary>Walks a map; a member that nobody takes is skipped.</summary>
    /// <param name="reader">Stands at the map.</param>
    /// <param name="take">Looks at each member.</param>
    public static void Walk(CborReader reader, Member take)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(take);
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var name = reader.ReadDefiniteLengthTextStringBytes().Span;
            if (!take(name, reader))
            {
                reader.SkipValue();
            }
        }

        reader.ReadEndMap();
    }
}
