using System.IO.Compression;
using Filip.Rerank.Service;
using Microsoft.Net.Http.Headers;

namespace Filip.Rerank.DropIn;

/// <summary>A search as its caller sent it.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Index">The index searched.</param>
/// <param name="Query">Parameters of the URL.</param>
/// <param name="Headers">What travels on of the headers.</param>
/// <param name="Sent">The body as it came, perhaps packed.</param>
internal sealed record CallerSearch(
    string Method, DropInIndex Index, CallerQuery Query, CallerHeaders Headers, ReadOnlyMemory<byte> Sent)
{
    /// <summary>The path that Elasticsearch knows the search by.</summary>
    public string Path { get; } = $"/{Uri.EscapeDataString(Index.Name)}/_search";

    /// <summary>The body as JSON text; null where it is something else, in which no member can be.</summary>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">413: unpacked, it is larger.</exception>
    public ReadOnlyMemory<byte>? Unpacked(int limit)
    {
        if (Sent.IsEmpty || !IsJson(Header("Content-Type")))
        {
            return null;
        }

        return Header("Content-Encoding")?.Trim().ToLowerInvariant() switch
        {
            null or "" or "identity" => Sent,
            "gzip" or "x-gzip" => Gunzip(limit), // Elastic's clients pack bodies by default
            _ => null,
        };
    }

    private string? Header(string name) => Headers.All.FirstOrDefault(header => header.Key == name).Value;

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/vnd.elasticsearch+json", StringComparison.OrdinalIgnoreCase));

    private ReadOnlyMemory<byte>? Gunzip(int limit)
    {
        try
        {
            using var unpacked = new GZipStream(new MemoryStream(Sent.ToArray()), CompressionMode.Decompress);
            var text = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = unpacked.Read(buffer)) > 0)
            {
                // Counted while it grows: a small packed body can be an enormous one.
                if (text.Length + read > limit)
                {
                    throw BodyReader.TooLarge();
                }

                text.Write(buffer, 0, read);
            }

            return text.GetBuffer().AsMemory(0, (int)text.Length);
        }
        catch (InvalidDataException)
        {
            return null; // Elasticsearch says what is wrong with it
        }
    }
}
