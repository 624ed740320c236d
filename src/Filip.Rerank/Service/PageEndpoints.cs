using Filip.Embeddings.Pictures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Service;

/// <summary><c>/</c>, the search page, and the thumbnails that it shows.</summary>
internal static class PageEndpoints
{
    private const string Resource = "Filip.Rerank.Service.Page.search.html";
    private const int ThumbnailSide = 256;

    private static readonly Lazy<byte[]> s_page = new(() =>
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(Resource)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    });

    /// <summary>Maps the page and the thumbnails.</summary>
    public static IEndpointRouteBuilder MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Page).WithName("page").WithSummary("The search page.").ExcludeFromDescription();
        routes.MapGet("/v1/pictures/{id}/thumbnail", ThumbnailAsync)
            .WithName("thumbnail").WithSummary("A small JPEG of an indexed picture whose file lies below the picture root.")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg")
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType);
        return routes;
    }

    private static FileContentHttpResult Page(HttpContext context)
    {
        // The page is all in one file: nothing else may be loaded, and no other site may frame it.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; connect-src 'self'; img-src 'self' blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Bytes(s_page.Value, "text/html; charset=utf-8");
    }

    private static async Task<IResult> ThumbnailAsync(string id, HttpContext context, RequestDesk desk)
    {
        using var place = await desk.EnterAsync(context).ConfigureAwait(false);

        // Routing leaves an escaped slash as it is; ids of pictures in folders have them.
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var fields = await desk.Options.Engine.FindPictureAsync(name, context.RequestAborted).ConfigureAwait(false);
        var picture = await desk.Pictures.TryReadAsync(fields?.Path, context.RequestAborted).ConfigureAwait(false)
            ?? throw new RequestRefusedException(
                StatusCodes.Status404NotFound, ServiceCodes.NotFound,
                "There is no picture of that id whose file can be read below the picture root.");
        context.Response.Headers.CacheControl = "private, max-age=300";
        return TypedResults.Bytes(PictureWriter.JpegThumbnail(picture, ThumbnailSide), "image/jpeg");
    }
}
