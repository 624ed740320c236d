using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>What <c>/openapi/v1.json</c> says of a route that reads its body itself.</summary>
internal static class RouteDescription
{
    private static readonly int[] s_refusals = [400, 401, 413, 415, 422, 429, 503];

    /// <summary>Names the route, its body, its answer and its refusals.</summary>
    public static RouteHandlerBuilder Describe<TBody, TAnswer>(this RouteHandlerBuilder route, string name, string summary)
        where TBody : notnull
    {
        route.WithName(name).WithSummary(summary).Accepts<TBody>("application/json").Produces<TAnswer>();
        foreach (var status in s_refusals)
        {
            route.Produces<Problem>(status, Problem.MediaType);
        }

        return route;
    }
}
