using System.Text.Json;
using Filip.Rerank.Search;

namespace Filip.Rerank.DropIn;

/// <summary>Elasticsearch's answer to a search as bytes, with the places of what this route changes.</summary>
internal sealed class ElasticPage
{
    // Sources and aggregations nest as deep as whoever wrote them liked; reading is no recursion.
    private const int MaxDepth = 100_000;

    private readonly List<PageHit> _hits = [];

    /// <summary>The hits, in Elasticsearch's order.</summary>
    public IReadOnlyList<PageHit> Hits => _hits;

    /// <summary>Where the list of hits begins and ends, brackets left out; null where the answer has none.</summary>
    public Span? HitList { get; private set; }

    /// <summary>Where <c>hits.max_score</c>'s value stands.</summary>
    public Span? MaxScore { get; private set; }

    /// <summary>Where the first member of <c>ext</c> would stand; null where there is none.</summary>
    public Opening? Ext { get; private set; }

    /// <summary>Where the answer's closing brace stands, and whether it holds any member.</summary>
    public Opening End { get; private set; }

    /// <summary>Whether shards did not answer, or the search ran out of its own time.</summary>
    public bool Partial { get; private set; }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="StageOneUnavailableException">It is no JSON of a search.</exception>
    public static ElasticPage Read(ReadOnlySpan<byte> text)
    {
        var page = new ElasticPage();
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            page.ReadRoot(ref reader);
            return page;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new StageOneUnavailableException(
                $"Elasticsearch's answer of {text.Length} bytes is not the JSON of a search. Is something between that cuts or changes bodies?", error);
        }
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        var empty = true;
        while (NextMember(ref reader))
        {
            empty = false;
            if (reader.ValueTextEquals("hits"u8))
            {
                reader.Read();
                ReadHits(ref reader);
            }
            else if (reader.ValueTextEquals("_shards"u8))
            {
                reader.Read();
                ReadShards(ref reader);
            }
            else if (reader.ValueTextEquals("timed_out"u8))
            {
                reader.Read();
                Partial |= reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("ext"u8))
            {
                reader.Read();
                Ext = Open(ref reader);
            }
            else
            {
                Pass(ref reader);
            }
        }

        End = new Opening((int)reader.TokenStartIndex, empty);
    }

    private void ReadShards(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        while (NextMember(ref reader))
        {
            var failed = reader.ValueTextEquals("failed"u8);
            reader.Read();
            Partial |= failed && reader.GetInt32() > 0;
            reader.Skip();
        }
    }

    private void ReadHits(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("max_score"u8))
            {
                MaxScore = Pass(ref reader);
            }
            else if (reader.ValueTextEquals("hits"u8))
            {
                reader.Read();
                var start = (int)reader.BytesConsumed;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    _hits.Add(PageHit.Read(ref reader));
                }

                HitList = new Span(start, (int)reader.TokenStartIndex);
            }
            else
            {
                Pass(ref reader);
            }
        }
    }

    /// <summary>Refuses what is no object.</summary>
    internal static void RequireObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"Expected an object, found {reader.TokenType}.");
        }
    }

    /// <summary>Goes on to the next member's name; false at the object's end.</summary>
    internal static bool NextMember(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Passes over a member's value and tells where it stands.</summary>
    internal static Span Pass(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new Span(start, (int)reader.BytesConsumed);
    }

    /// <summary>Passes over an object and tells where its first member would stand; null for what is no object.</summary>
    internal static Opening? Open(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var at = (int)reader.BytesConsumed;
        var empty = true;
        while (NextMember(ref reader))
        {
            empty = false;
            Pass(ref reader);
        }

        return new Opening(at, empty);
    }

    /// <summary>From the first byte to behind the last.</summary>
    internal readonly record struct Span(int Start, int End);

    /// <summary>A place in an object where a member can be added.</summary>
    /// <param name="At">The place.</param>
    /// <param name="Empty">Whether the object has no other member.</param>
    internal readonly record struct Opening(int At, bool Empty);
}

/// <summary>One hit of an answer: its names, and the places of what is changed in it.</summary>
/// <param name="Whole">Where the hit stands.</param>
/// <param name="Index">Its <c>_index</c>.</param>
/// <param name="Id">Its <c>_id</c>.</param>
/// <param name="Score">Where its <c>_score</c>'s value stands.</param>
/// <param name="RecallScore">That value; null for null.</param>
/// <param name="Fields">Where the first of its <c>fields</c> would stand.</param>
internal sealed record PageHit(
    ElasticPage.Span Whole, string? Index, string? Id, ElasticPage.Span? Score, double? RecallScore, ElasticPage.Opening? Fields)
{
    /// <summary>Reads a hit from its opening brace to its closing one.</summary>
    public static PageHit Read(ref Utf8JsonReader reader)
    {
        ElasticPage.RequireObject(ref reader);
        var start = (int)reader.TokenStartIndex;
        string? index = null, id = null;
        ElasticPage.Span? score = null;
        double? recallScore = null;
        ElasticPage.Opening? fields = null;
        while (ElasticPage.NextMember(ref reader))
        {
            if (reader.ValueTextEquals("_index"u8))
            {
                reader.Read();
                index = reader.GetString();
            }
            else if (reader.ValueTextEquals("_id"u8))
            {
                reader.Read();
                id = reader.GetString();
            }
            else if (reader.ValueTextEquals("_score"u8))
            {
                reader.Read();
                score = new ElasticPage.Span((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                recallScore = reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("fields"u8))
            {
                reader.Read();
                fields = ElasticPage.Open(ref reader);
            }
            else
            {
                ElasticPage.Pass(ref reader);
            }
        }

        return new PageHit(new ElasticPage.Span(start, (int)reader.BytesConsumed), index, id, score, recallScore, fields);
    }
}
