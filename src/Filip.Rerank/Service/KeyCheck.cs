using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>Asks for a key, where the service has any: <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
internal sealed class KeyCheck(RequestDelegate next, FilipServerOptions options)
{
    private const string Bearer = "Bearer ";

    /// <summary>Lets the request pass, or refuses it with 401.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (options.Keys.Count == 0 || IsOpen(context.Request.Path) || (Brought(context.Request) is { } key && options.Keys.Accept(key)))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new RequestRefusedException(
            StatusCodes.Status401Unauthorized, ServiceCodes.Unauthorized,
            "No valid key came with the request; send Authorization: Bearer KEY, or X-Api-Key: KEY.");
    }

    /// <summary>Whether an Authorization header brings a key of the service itself, and so is meant for nobody behind it.</summary>
    internal static bool IsOurs(string authorization, ApiKeys keys) =>
        keys.Count > 0 && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && keys.Accept(authorization[Bearer.Length..].Trim());

    // Probes come from orchestrators that hold no key, and the page holds no data until a key is typed in.
    private static bool IsOpen(PathString path) => path == "/" || path.StartsWithSegments("/health");

    // X-Api-Key goes first: on the drop-in route Authorization is for Elasticsearch.
    private static string? Brought(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Api-Key", out var key))
        {
            return key.ToString();
        }

        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }
}
