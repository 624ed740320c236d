using System.Text.Json;
using Filip.Rerank.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary><c>POST /v2/rerank</c>, in the shape that Cohere's and Jina's clients and the gateways before them speak.</summary>
/// <remarks>
/// Documents are ids of indexed pictures. Each is answered as often as it is named, with its own index. Documents that are
/// not in the index have no score and are left out; <c>meta.missing</c> has their indexes. In a degraded answer the
/// documents stand as they came, with score 0: a made-up score would be taken for a real one.
/// </remarks>
internal static class GatewayRerankEndpoint
{
    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapGatewayRerank(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v2/rerank", HandleAsync)
            .Describe<GatewayRerankBody, GatewayRerankAnswer>("gateway-rerank", "The same in the shape of Cohere and Jina; documents are ids.");
        return routes;
    }

    private static async Task HandleAsync(HttpContext context, RequestDesk desk)
    {
        var body = await BodyReader.ReadAsync(context, desk.Options.MaxBodyBytes).ConfigureAwait(false);
        using var place = await desk.EnterAsync(context).ConfigureAwait(false);
        var asked = BodyReader.Parse(body, GatewayJson.Default.GatewayRerankBody);
        var query = asked.Query ?? throw BodyReader.Missing("query", "the text looked for");
        var documents = asked.Documents ?? throw BodyReader.Missing("documents", "a list of ids of indexed pictures");
        if (documents.Count == 0)
        {
            throw new SearchRefusedException(
                RefusalCodes.NoCandidates, "'documents' is empty; send at least one id.", "documents");
        }

        if (documents.Count > desk.Options.Engine.Options.MaxCandidates)
        {
            throw new SearchRefusedException(
                RefusalCodes.TooManyCandidates,
                $"{documents.Count} documents; at most {desk.Options.Engine.Options.MaxCandidates} are taken.", "documents");
        }

        if (asked.TopN is < 1)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"'top_n' is {asked.TopN}; it is at least 1, or null for all.", "top_n");
        }

        desk.Tell(context, query);
        List<string> ids = [.. documents.Select(Id)];
        var answer = await desk.Options.Engine.RerankAsync(
            new RerankRequest
            {
                Query = query,
                Candidates = [.. ids.Select(id => new RerankCandidate(id))],
                Top = (int?)Math.Min(asked.TopN ?? int.MaxValue, ids.Count),
                Deadline = desk.DeadlineLeft(null, place),
                Missing = MissingPatches.Drop,
            },
            context.RequestAborted).ConfigureAwait(false);
        await AnswerWriter.WriteAsync(
            context, answer, Shape(answer, ids, asked.ReturnDocuments ?? false, RequestStory.Of(context).Id),
            GatewayJson.Default.GatewayRerankAnswer).ConfigureAwait(false);
    }

    private static GatewayRerankAnswer Shape(SearchAnswer answer, List<string> ids, bool returnDocuments, string requestId)
    {
        HashSet<string> missing = [.. answer.Missing ?? []];
        return new GatewayRerankAnswer(
            requestId,
            answer.Model,
            [.. answer.Results.Select(result => new GatewayResult(
                result.RecallRank - 1, result.Score ?? 0, returnDocuments ? new GatewayDocument(result.Id) : null))],
            new GatewayMeta(
                answer.Degraded, answer.Reason,
                [.. Enumerable.Range(0, ids.Count).Where(i => missing.Contains(ids[i]))], answer.Generation));
    }

    private static string Id(JsonElement document, int index)
    {
        var value = document.ValueKind == JsonValueKind.Object
            ? document.TryGetProperty("id", out var id) ? id : document.TryGetProperty("text", out var text) ? text : default
            : document;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw BodyReader.Refuse(
                RefusalCodes.InvalidValue,
                $"'documents[{index}]' is neither an id nor an object with a text in id or text.", "documents");
    }
}
