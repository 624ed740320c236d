using Filip.Rerank.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary><c>POST /v1/explain</c>: JSON, or the overlay where the caller accepts <c>image/png</c>.</summary>
internal static class ExplainEndpoint
{
    private const string Png = "image/png";

    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapExplain(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/explain", HandleAsync)
            .Describe<ExplainBody, ExplainAnswer>("explain", "Which word matched which patch, and what it adds to the score.")
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType);
        return routes;
    }

    private static async Task HandleAsync(HttpContext context, RequestDesk desk)
    {
        var body = await BodyReader.ReadAsync(context, desk.Options.MaxBodyBytes).ConfigureAwait(false);
        using var place = await desk.EnterAsync(context).ConfigureAwait(false);
        var asked = BodyReader.Parse(body, ServiceJson.Default.ExplainBody);
        var request = new ExplainRequest(
            asked.Query ?? throw BodyReader.Missing("query", "the text looked for"),
            asked.Id ?? throw BodyReader.Missing("id", "the id of an indexed picture"),
            asked.Tokens);
        desk.Tell(context, request.Query);
        var engine = desk.Options.Engine;
        var fields = await engine.FindPictureAsync(request.Id, context.RequestAborted).ConfigureAwait(false);
        var picture = await desk.Pictures.TryReadAsync(fields?.Path, context.RequestAborted).ConfigureAwait(false);
        var explanation = await engine.ExplainAsync(request, picture, context.RequestAborted).ConfigureAwait(false);
        if (!WantsPng(context.Request))
        {
            await context.Response.WriteAsJsonAsync(
                explanation.Answer, ServiceJson.Default.ExplainAnswer, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            return;
        }

        var overlay = (picture is null ? null : engine.Draw(explanation, picture))
            ?? throw new RequestRefusedException(
                StatusCodes.Status404NotFound, ServiceCodes.NoOverlay,
                $"There is nothing to draw on: the model has no patch grid, or the file of '{request.Id}' cannot be read below the picture root. Ask for JSON.");
        context.Response.ContentType = Png;
        context.Response.ContentLength = overlay.Length;
        await context.Response.Body.WriteAsync(overlay, context.RequestAborted).ConfigureAwait(false);
    }

    private static bool WantsPng(HttpRequest request) => request.GetTypedHeaders().Accept is { Count: > 0 } accepted
        && accepted.MaxBy(type => type.Quality ?? 1)?.MediaType.Equals(Png, StringComparison.OrdinalIgnoreCase) == true;
}
