using System.Text.Json.Serialization;
using Filip.Rerank.Search;

namespace Filip.Rerank.Service;

/// <summary>Bodies and answers of our own routes: a member nobody knows is refused, so that a misspelt option is no silence.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = BodyReader.MaxDepth)]
[JsonSerializable(typeof(SearchBody))]
[JsonSerializable(typeof(RerankBody))]
[JsonSerializable(typeof(ExplainBody))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ServiceInfo))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class ServiceJson : JsonSerializerContext;

/// <summary>Bodies and answers of the route that gateways speak: they send members of other services, which are passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = BodyReader.MaxDepth)]
[JsonSerializable(typeof(GatewayRerankBody))]
[JsonSerializable(typeof(GatewayRerankAnswer))]
internal sealed partial class GatewayJson : JsonSerializerContext;
