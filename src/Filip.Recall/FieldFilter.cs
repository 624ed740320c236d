using System.Text.Json;

namespace Filip.Recall;

/// <summary>One condition on a field: equal to any of the values.</summary>
/// <remarks>
/// Values keep their JSON type: <c>true</c> matches the boolean, not the text "true". A null matches a field that is
/// null or missing. Over a list, one equal element is enough. The same on the embedded index and on Elasticsearch.
/// </remarks>
/// <param name="Field">The field's name.</param>
/// <param name="Values">At least one scalar value (text, number, boolean or null).</param>
public sealed record FieldFilter(string Field, IReadOnlyList<JsonElement> Values)
{
    /// <summary>Refuses what is no condition at all.</summary>
    /// <exception cref="ArgumentException">The field has no name, or a value is no scalar.</exception>
    public void EnsureSound()
    {
        if (string.IsNullOrEmpty(Field) || Values.Count == 0)
        {
            throw new ArgumentException($"The filter on '{Field}' needs a field name and at least one value.");
        }

        foreach (var value in Values)
        {
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Array or JsonValueKind.Object)
            {
                throw new ArgumentException(
                    $"A value of the filter on '{Field}' is {value.ValueKind}; text, numbers, true, false and null can be compared.");
            }
        }
    }
}
