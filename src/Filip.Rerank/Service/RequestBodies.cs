using System.ComponentModel;
using System.Text.Json;

namespace Filip.Rerank.Service;

/// <summary>Body of <c>POST /v1/search</c>.</summary>
internal sealed record SearchBody
{
    [Description("The text looked for; or image_base64.")]
    public string? Query { get; init; }

    [Description("A picture file (JPEG, PNG, WebP, GIF, BMP) to search by, in base64; or query.")]
    public byte[]? ImageBase64 { get; init; }

    [Description("Most results.")]
    public int? Top { get; init; }

    [Description("How many of the best are passed over; pages are cut from the window of candidates.")]
    public int? From { get; init; }

    [Description("How many candidates stage one proposes.")]
    public int? Candidates { get; init; }

    [Description("Fields that must equal a value, or one of a list of values; null matches a field that is null or missing.")]
    public Dictionary<string, JsonElement>? Filter { get; init; }

    [Description("rerank (both stages; the default) or recall (stage one alone).")]
    public string? Mode { get; init; }

    [Description("Whether stage one also looks at the captions' words.")]
    public bool? Lexical { get; init; }

    [Description("The captions' share of stage one's order, 0 to 1; without it both orders are fused by rank. Implies lexical.")]
    public double? LexicalWeight { get; init; }

    [Description("Milliseconds for the whole answer; stage two that takes longer gives way to the recall order.")]
    public int? DeadlineMs { get; init; }

    [Description("Whether each result says what every query token contributed.")]
    public bool? Explain { get; init; }

    [Description("Who searches, so that an experiment's variant stays the same; or the header X-Filip-Session.")]
    public string? Session { get; init; }
}

/// <summary>Body of <c>POST /v1/rerank</c>.</summary>
internal sealed record RerankBody
{
    [Description("The text looked for.")]
    public string? Query { get; init; }

    [Description("Pictures in their present order; a repeated id is answered once a mention.")]
    public List<CandidateBody>? Candidates { get; init; }

    [Description("Most results; all where it is left out.")]
    public int? Top { get; init; }

    [Description("Milliseconds for the whole answer.")]
    public int? DeadlineMs { get; init; }

    [Description("Candidates without patches: keep (at the end), drop or error.")]
    public string? Missing { get; init; }

    [Description("Whether each result says what every query token contributed.")]
    public bool? Explain { get; init; }
}

/// <summary>One candidate of a rerank.</summary>
internal sealed record CandidateBody
{
    [Description("The picture's id.")]
    public string? Id { get; init; }

    [Description("The caller's recall score, handed back.")]
    public double? Score { get; init; }
}

/// <summary>Body of <c>POST /v1/explain</c>.</summary>
internal sealed record ExplainBody
{
    [Description("The text looked for.")]
    public string? Query { get; init; }

    [Description("The picture's id.")]
    public string? Id { get; init; }

    [Description("Words whose patches are lit; all where it is left out.")]
    public List<string>? Tokens { get; init; }
}

/// <summary>Body of <c>POST /v2/rerank</c>; members of other services that mean nothing here are passed over.</summary>
internal sealed record GatewayRerankBody
{
    [Description("Passed over: the model is the one the service runs.")]
    public JsonElement? Model { get; init; }

    [Description("The text looked for.")]
    public string? Query { get; init; }

    [Description("Ids of indexed pictures: texts, or objects with id or text.")]
    public List<JsonElement>? Documents { get; init; }

    [Description("Most results; null or left out for all.")]
    public long? TopN { get; init; }

    [Description("Whether each result repeats its document.")]
    public bool? ReturnDocuments { get; init; }
}

/// <summary>Answer of <c>POST /v2/rerank</c>.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Model">The model that scored.</param>
/// <param name="Results">By falling score, equals by index.</param>
/// <param name="Meta">What the shape has no place for.</param>
internal sealed record GatewayRerankAnswer(
    string Id, string Model, IReadOnlyList<GatewayResult> Results, GatewayMeta Meta);

/// <summary>One document of an answer.</summary>
/// <param name="Index">Its place in the request's documents, from 0; always written.</param>
/// <param name="RelevanceScore">Its late-interaction score; 0 throughout where the order is the request's own.</param>
/// <param name="Document">The document, where the request asked for it.</param>
internal sealed record GatewayResult(int Index, double RelevanceScore, GatewayDocument? Document);

/// <summary>A document as it was sent.</summary>
/// <param name="Text">The picture's id.</param>
internal sealed record GatewayDocument(string Text);

/// <summary>What the shape has no place for.</summary>
/// <param name="Degraded">Whether the order is the request's own.</param>
/// <param name="Reason">Why.</param>
/// <param name="Missing">Places of documents that are not in the index; they are left out of the results.</param>
/// <param name="Generation">The generation that answered.</param>
internal sealed record GatewayMeta(bool Degraded, string? Reason, IReadOnlyList<int> Missing, string Generation);
