using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary>Answer of the health checks.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
internal sealed record HealthAnswer(string Status);

/// <summary>Answer of <c>/info</c>.</summary>
/// <param name="Name">The product.</param>
/// <param name="Version">Its version.</param>
/// <param name="Model">The model's own name.</param>
/// <param name="Fingerprint">The model folder's fingerprint.</param>
/// <param name="Contract">The scoring contract.</param>
/// <param name="Codec">How patches are kept.</param>
/// <param name="PatchDimension">Values in a patch.</param>
/// <param name="PooledDimension">Values in a pooled vector.</param>
/// <param name="Generation">The generation that answers.</param>
/// <param name="Kernel">The kernel that computes late interaction.</param>
/// <param name="SearchesByPicture">Whether pictures can be searched by.</param>
/// <param name="Limits">What requests must keep to.</param>
internal sealed record ServiceInfo(
    string Name, string Version, string Model, string Fingerprint, string Contract, string Codec, int PatchDimension,
    int PooledDimension, string Generation, string Kernel, bool SearchesByPicture, ServiceLimits Limits);

/// <summary>What requests must keep to.</summary>
internal sealed record ServiceLimits(
    int MaxCandidates, int DefaultCandidates, int DefaultTop, int MaxQueryCharacters, int MaxBodyBytes, int MaxPictureBodyBytes,
    double DefaultDeadlineMs, double MaxDeadlineMs, int MaxConcurrent, int MaxQueued, int MaxJsonDepth);

/// <summary><c>/health/live</c>, <c>/health/ready</c> and <c>/info</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the health checks.</summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new HealthAnswer("live")))
            .WithName("live").WithSummary("The process answers.");
        routes.MapGet("/health/ready", ReadyAsync)
            .WithName("ready").WithSummary("The index and the text tower answer, and belong together.")
            .Produces<HealthAnswer>().Produces<Problem>(503, Problem.MediaType);
        return routes;
    }

    /// <summary>Maps the limits and the stamp.</summary>
    public static IEndpointRouteBuilder MapInfo(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/info", (FilipServerOptions options) => TypedResults.Ok(Info(options)))
            .WithName("info").WithSummary("The model, the index and the limits.");
        return routes;
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, ReadinessWatch watch)
    {
        var wrong = await watch.LookAsync(context.RequestAborted).ConfigureAwait(false);
        return wrong is null
            ? TypedResults.Ok(new HealthAnswer("ready"))
            : throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, ServiceCodes.NotReady, wrong);
    }

    private static ServiceInfo Info(FilipServerOptions options)
    {
        var (engine, search) = (options.Engine, options.Engine.Options);
        var stamp = engine.Stamp;
        return new ServiceInfo(
            "Filip.Hybrid",
            typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
            stamp.ModelId, stamp.Fingerprint, stamp.Contract, stamp.Codec.ToString().ToLowerInvariant(), stamp.PatchDimension,
            stamp.PooledDimension, engine.Generation, engine.Kernel, engine.SearchesByPicture,
            new ServiceLimits(
                search.MaxCandidates, search.DefaultCandidates, search.DefaultTop, search.MaxQueryLength, options.MaxBodyBytes,
                options.MaxPictureBodyBytes, search.Deadline.TotalMilliseconds, options.MaxDeadline.TotalMilliseconds,
                options.MaxConcurrent, options.MaxQueued, BodyReader.MaxDepth));
    }
}
