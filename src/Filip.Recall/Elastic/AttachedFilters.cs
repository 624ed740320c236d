using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Conditions on the user's own fields of an attached index, as Elasticsearch has typed them.</summary>
internal static class AttachedFilters
{
    /// <summary>Writes one condition as a query.</summary>
    /// <exception cref="QuestionRefusedException">The field cannot be compared exactly.</exception>
    public static void WriteOne(Utf8JsonWriter json, FieldFilter filter, ElasticMapping mapping)
    {
        var field = mapping.Find(filter.Field) ?? new MappedField(filter.Field, "keyword", null, Nested: false);
        ElasticQueries.WriteAnyOf(
            json, filter, Comparable(field),
            () =>
            {
                foreach (var value in filter.Values.Where(value => Suits(field.Type, value)))
                {
                    value.WriteTo(json);
                }
            },
            () => WriteExists(json, filter.Field));
    }

    /// <summary>Writes the member <c>exists</c>.</summary>
    public static void WriteExists(Utf8JsonWriter json, string field)
    {
        json.WriteStartObject("exists");
        json.WriteString("field", field);
        json.WriteEndObject();
    }

    private static string Comparable(MappedField field) => field switch
    {
        { Nested: true } => throw new QuestionRefusedException(
            $"The field '{field.Name}' stands inside a nested object, where a plain condition would find nothing. Filter on a field outside of it.", "filter"),
        { IsText: true, Keyword: null } => throw new QuestionRefusedException(
            $"The field '{field.Name}' is split into words ('{field.Type}') and has no keyword sub-field, so whole values cannot be compared. "
            + "Add one to the mapping, or filter on another field.", "filter"),
        { IsText: true } => field.Keyword!,
        _ => field.Name,
    };

    // A value of another kind than the field's equals none of its values; sent, the server would refuse the whole search.
    private static bool Suits(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => false,
        ("boolean", var kind) => kind is JsonValueKind.True or JsonValueKind.False,
        ("long", JsonValueKind.Number) => Within(value, 9.2e18),
        ("integer", JsonValueKind.Number) => Within(value, int.MaxValue),
        ("short", JsonValueKind.Number) => Within(value, short.MaxValue),
        ("byte", JsonValueKind.Number) => Within(value, sbyte.MaxValue),
        ("half_float", JsonValueKind.Number) => Within(value, 65_504),
        ("float", JsonValueKind.Number) => Within(value, float.MaxValue),
        ("double" or "scaled_float" or "unsigned_long", JsonValueKind.Number) => Within(value, double.MaxValue),
        ("long" or "integer" or "short" or "byte" or "half_float" or "float" or "double" or "scaled_float" or "unsigned_long", _) => false,
        ("date" or "date_nanos", var kind) => kind is JsonValueKind.String or JsonValueKind.Number,
        ("ip", var kind) => kind is JsonValueKind.String,
        _ => true,
    };

    private static bool Within(JsonElement number, double most) => number.TryGetDouble(out var value) && Math.Abs(value) <= most;
}
