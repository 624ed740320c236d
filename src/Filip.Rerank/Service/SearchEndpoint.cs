using System.Text.Json;
using Filip.Recall;
using Filip.Rerank.Experiments;
using Filip.Rerank.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary><c>POST /v1/search</c>.</summary>
internal static class SearchEndpoint
{
    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/search", HandleAsync)
            .Describe<SearchBody, SearchAnswer>("search", "Finds pictures by a text or by a picture, in two stages.");
        return routes;
    }

    private static async Task HandleAsync(HttpContext context, RequestDesk desk, ExperimentDesk experiments)
    {
        var limits = desk.Options;
        var engine = limits.Engine;
        var body = await BodyReader.ReadAsync(context, engine.SearchesByPicture ? limits.MaxPictureBodyBytes : limits.MaxBodyBytes)
            .ConfigureAwait(false);
        using var place = await desk.EnterAsync(context).ConfigureAwait(false);
        var asked = BodyReader.Parse(body, ServiceJson.Default.SearchBody);
        if (asked.ImageBase64 is null && body.Length > limits.MaxBodyBytes)
        {
            throw BodyReader.TooLarge();
        }

        if (asked.Query is null && asked.ImageBase64 is null)
        {
            throw BodyReader.Missing("query", "the text looked for, or a picture as image_base64");
        }

        desk.Tell(context, asked.Query);
        var trial = Trial.Read(context, asked.Session, takes: asked.ImageBase64 is null && asked.Mode is null);
        var served = await experiments.SearchAsync(
            context,
            new SearchRequest
            {
                Query = asked.Query,
                Image = asked.ImageBase64 is null ? null : (ReadOnlyMemory<byte>?)asked.ImageBase64,
                Top = asked.Top,
                From = asked.From ?? 0,
                Candidates = asked.Candidates,
                Filters = Filters(asked.Filter),
                Mode = Mode(asked.Mode),
                Lexical = asked.Lexical ?? asked.LexicalWeight is not null,
                LexicalWeight = asked.LexicalWeight,
                Deadline = desk.DeadlineLeft(asked.DeadlineMs, place),
                Explain = asked.Explain ?? false,
            },
            trial,
            context.RequestAborted).ConfigureAwait(false);
        await AnswerWriter.WriteAsync(context, served.Answer, served.Answer, ServiceJson.Default.SearchAnswer).ConfigureAwait(false);
        experiments.Record(served);
    }

    private static SearchMode Mode(string? mode) => mode switch
    {
        null or "rerank" => SearchMode.Rerank,
        "recall" => SearchMode.Recall,
        _ => throw BodyReader.Refuse(RefusalCodes.InvalidValue, "'mode' is neither rerank nor recall.", "mode"),
    };

    /// <summary>A scalar is one value, a list is any of its values.</summary>
    private static List<FieldFilter> Filters(Dictionary<string, JsonElement>? filter)
    {
        List<FieldFilter> filters = [];
        foreach (var (field, value) in filter ?? [])
        {
            filters.Add(new FieldFilter(field, value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value]));
        }

        return filters;
    }
}
