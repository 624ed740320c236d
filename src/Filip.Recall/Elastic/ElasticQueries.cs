using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Writes stage one's search bodies.</summary>
internal static class ElasticQueries
{
    private const int MostNumCandidates = 10_000;

    /// <summary>kNN over the pooled vectors, filters inside the clause.</summary>
    public static void WriteKnn(Utf8JsonWriter json, RecallRequest request, int? numCandidates, ElasticIndexFacts index)
    {
        json.WriteStartObject();
        json.WriteStartObject("knn");
        json.WriteString("field", index.Layout.Pooled);
        json.WriteStartArray("query_vector");
        foreach (var value in request.Pooled.Span)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteNumber("k", request.Count);
        json.WriteNumber("num_candidates", NumCandidates(request.Count, numCandidates));
        WriteFilter(json, request.Filters, index, filledOnly: false);
        json.WriteEndObject();
        WriteHitOptions(json, request.Count, index.Layout, request.WithRecords);
        json.WriteEndObject();
    }

    /// <summary>BM25 over the captions, the same filters.</summary>
    public static void WriteLexical(Utf8JsonWriter json, RecallRequest request, ElasticIndexFacts index)
    {
        json.WriteStartObject();
        json.WriteStartObject("query");
        json.WriteStartObject("bool");
        json.WriteStartObject("must");
        json.WriteStartObject("match");
        json.WriteString(index.Layout.CaptionField!, request.LexicalText);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteFilter(json, request.Filters, index, filledOnly: index.Layout.IsAttached);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteHitOptions(json, request.Count, index.Layout);
        json.WriteEndObject();
    }

    // A document that was never filled is no picture: kNN passes it over by itself, words do not.
    public static void WriteFilter(Utf8JsonWriter json, IReadOnlyList<FieldFilter> filters, ElasticIndexFacts index, bool filledOnly)
    {
        if (filters.Count == 0 && !filledOnly)
        {
            return;
        }

        json.WriteStartArray("filter");
        if (filledOnly)
        {
            json.WriteStartObject();
            AttachedFilters.WriteExists(json, index.Layout.Pooled);
            json.WriteEndObject();
        }

        foreach (var filter in filters)
        {
            if (index.Layout.IsAttached)
            {
                AttachedFilters.WriteOne(json, filter, index.Mapping);
            }
            else
            {
                WriteOne(json, filter);
            }
        }

        json.WriteEndArray();
    }

    /// <summary>One condition: a field has one of the values, or none at all where the filter allows that.</summary>
    /// <param name="json">Where it is written.</param>
    /// <param name="filter">The condition.</param>
    /// <param name="field">The field that is compared.</param>
    /// <param name="writeValues">Writes the values, in a list that is open.</param>
    /// <param name="writePresent">Writes, in an object that is open, the query for documents that have a value.</param>
    public static void WriteAnyOf(Utf8JsonWriter json, FieldFilter filter, string field, Action writeValues, Action writePresent)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool");
        json.WriteStartArray("should");
        json.WriteStartObject();
        json.WriteStartObject("terms");
        json.WriteStartArray(field);
        writeValues();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        if (filter.Values.Any(value => value.ValueKind == JsonValueKind.Null))
        {
            json.WriteStartObject();
            json.WriteStartObject("bool");
            json.WriteStartObject("must_not");
            writePresent();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>In an object that is open, the query for pictures of an own index that have a value in this attribute.</summary>
    public static void WritePresent(Utf8JsonWriter json, string attribute)
    {
        json.WriteStartObject("term");
        json.WriteString(ElasticFields.Facets, Facet.Present(attribute));
        json.WriteEndObject();
    }

    private static void WriteOne(Utf8JsonWriter json, FieldFilter filter) => WriteAnyOf(
        json, filter, ElasticFields.Facets,
        () =>
        {
            foreach (var term in filter.Values.Select(value => Facet.Term(filter.Field, value)).OfType<string>().Distinct())
            {
                json.WriteStringValue(term);
            }
        },
        () => WritePresent(json, filter.Field));

    // Ids come from the column of the keyword field: _id lies in the stored fields, and unpacking those for each hit means
    // unpacking its patches too (measured: half of the time of 1,000 candidates).
    public static void WriteHitOptions(Utf8JsonWriter json, int size, ElasticLayout layout, bool withRecords = false)
    {
        json.WriteNumber("size", size);
        json.WriteString("stored_fields", withRecords ? layout.Patches : "_none_");
        json.WriteBoolean("_source", false);
        json.WriteStartArray("docvalue_fields");
        json.WriteStringValue(layout.Id);
        json.WriteEndArray();
        json.WriteBoolean("track_total_hits", false);
    }

    // The server takes k to 10,000, each shard; its own default (1.5 k) is too tight for a filter.
    internal static int NumCandidates(int count, int? asked) =>
        Math.Clamp(asked ?? Math.Max(100, count * 2), Math.Min(count, MostNumCandidates), MostNumCandidates);
}
