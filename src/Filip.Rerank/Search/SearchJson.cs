using System.Text.Json.Serialization;

namespace Filip.Rerank.Search;

/// <summary>How answers are written, by the service and by the command line alike.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(string))]
public sealed partial class SearchJson : JsonSerializerContext;
