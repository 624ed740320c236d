using Filip.Rerank.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary><c>POST /v1/rerank</c>.</summary>
internal static class RerankEndpoint
{
    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapRerank(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/rerank", HandleAsync)
            .Describe<RerankBody, SearchAnswer>("rerank", "Re-scores indexed pictures, named by id, from their stored patches.");
        return routes;
    }

    private static async Task HandleAsync(HttpContext context, RequestDesk desk)
    {
        var body = await BodyReader.ReadAsync(context, desk.Options.MaxBodyBytes).ConfigureAwait(false);
        using var place = await desk.EnterAsync(context).ConfigureAwait(false);
        var asked = BodyReader.Parse(body, ServiceJson.Default.RerankBody);
        var query = asked.Query ?? throw BodyReader.Missing("query", "the text looked for");
        var candidates = asked.Candidates ?? throw BodyReader.Missing("candidates", "a list of {id, score?}");
        desk.Tell(context, query);
        var answer = await desk.Options.Engine.RerankAsync(
            new RerankRequest
            {
                Query = query,
                Candidates = [.. candidates.Select(Candidate)],
                Top = asked.Top,
                Deadline = desk.DeadlineLeft(asked.DeadlineMs, place),
                Missing = Missing(asked.Missing),
                Explain = asked.Explain ?? false,
            },
            context.RequestAborted).ConfigureAwait(false);
        await AnswerWriter.WriteAsync(context, answer, answer, ServiceJson.Default.SearchAnswer).ConfigureAwait(false);
    }

    private static RerankCandidate Candidate(CandidateBody? candidate, int place) => candidate?.Id is { } id
        ? new RerankCandidate(id, candidate.Score)
        : throw BodyReader.Missing($"candidates[{place}].id", "the id of an indexed picture");

    private static MissingPatches? Missing(string? policy) => policy switch
    {
        null => null,
        "keep" => MissingPatches.Keep,
        "drop" => MissingPatches.Drop,
        "error" => MissingPatches.Error,
        _ => throw BodyReader.Refuse(RefusalCodes.InvalidValue, "'missing' is none of keep, drop and error.", "missing"),
    };
}
