using Filip.Rerank.Elastic;
using Filip.Rerank.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Filip.Rerank.DropIn;

/// <summary><c>POST /{index}/_search</c>: Elasticsearch's own search for a frontend that already speaks it, re-ranked where the body asks for it.</summary>
public static class DropInEndpoint
{
    private const string Product = "X-Elastic-Product";

    /// <summary>Maps the route; map it on a service that <see cref="FilipServer.Create"/> has made and that is not started yet.</summary>
    /// <param name="routes">The service.</param>
    /// <param name="options">The cluster and the indices that may be searched.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FormatException">An index's name cannot be one, or the authority's certificate cannot be read.</exception>
    public static IEndpointRouteBuilder MapDropIn(this IEndpointRouteBuilder routes, DropInOptions options)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var passage = new ElasticPassage(options);
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(passage.Dispose);
        var desk = routes.ServiceProvider.GetRequiredService<RequestDesk>();
        var (indices, windows) = (options.ByName(), new WindowSearch(options, passage, desk));

        // Any method, so that a refused one carries the header too: a client without it takes this for another product.
        routes.Map("/{index}/_search", (RequestDelegate)HandleAsync)
            .WithName("dropin").WithSummary("Elasticsearch's search, its first hits re-scored where the body has the member filip.");
        return routes;

        Task HandleAsync(HttpContext context)
        {
            context.Response.Headers[Product] = "Elasticsearch";
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers.Allow = "GET, POST";
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
            }

            var name = (string)context.Request.RouteValues["index"]!;
            return indices.TryGetValue(name, out var index)
                ? AnswerAsync(context, index, options, passage, windows, desk.Options.Keys)
                : throw new RequestRefusedException(
                    StatusCodes.Status404NotFound, ServiceCodes.IndexNotFound,
                    $"This service does not search '{name}', but {string.Join(", ", indices.Keys.Select(known => $"'{known}'"))}.");
        }
    }

    private static async Task AnswerAsync(
        HttpContext context, DropInIndex index, DropInOptions options, ElasticPassage passage, WindowSearch windows, ApiKeys keys)
    {
        var request = context.Request;
        var sent = await BodyReader.ReadBytesAsync(context, options.MaxBodyBytes).ConfigureAwait(false);
        var search = new CallerSearch(
            request.Method, index, new CallerQuery(request.QueryString.Value), CallerHeaders.Of(request, keys), sent);
        if (search.Unpacked(options.MaxBodyBytes) is { } text && CallerBody.Read(text) is { Mentions: > 0 } body)
        {
            await windows.AnswerAsync(context, search, body).ConfigureAwait(false);
            return;
        }

        using var response = await passage.SendAsync(
            search.Method, search.Path + search.Query.Text, sent, search.Headers, context.RequestAborted).ConfigureAwait(false);
        await PassedAnswer.CopyAsync(context, response).ConfigureAwait(false);
    }
}
