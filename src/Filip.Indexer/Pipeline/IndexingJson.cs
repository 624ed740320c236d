using System.Text.Json.Serialization;

namespace Filip.Indexer.Pipeline;

/// <summary>JSON of summaries and dead letters, generated at build; names are in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IndexingSummary))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(string))]
public sealed partial class IndexingJson : JsonSerializerContext;
