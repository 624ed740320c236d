using System.Text.Json;

namespace Filip.Recall;

/// <summary>One condition on a field: equal to any of the values.</summary>
/// <remarks>
/// Values keep their JSON type: <c>true</c> matches the boolean, not the text "true". A null matches a field that is
/// null or missing. Over a list, one equal element is enough. The same on the embedded index and on Elasticsearch.
/// </remarks>
/// <param name="Field">The field's name.</param>
/// <param name="Values">At least one scalar value (text, number, boolean or null).</param>
public sealed record FieldFilter(string Field, IReadOnlyList<JsonElement> Values);
