using Filip.Rerank.Service;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.DropIn;

/// <summary>The caller's headers that travel on to Elasticsearch. The list is what passes; everything else stays here.</summary>
internal sealed class CallerHeaders
{
    private static readonly string[] s_passed =
    [
        "Authorization", "es-security-runas-user", "Accept", "Accept-Encoding", "X-Opaque-Id", "traceparent", "tracestate",
        "User-Agent", "X-Elastic-Client-Meta", "X-Elastic-Product-Origin", "Content-Type", "Content-Encoding",
    ];

    // What says how one body is written; a request of our own under the caller's name says that itself.
    private static readonly string[] s_ofTheBody = ["Accept", "Accept-Encoding", "Content-Type", "Content-Encoding"];

    private CallerHeaders(IReadOnlyList<KeyValuePair<string, string>> all) => All = all;

    /// <summary>Names and values as they came.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All { get; }

    /// <summary>What travels of a request.</summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="keys">The service's own keys: an Authorization that holds one is meant for the service and stays here.</param>
    public static CallerHeaders Of(HttpRequest request, ApiKeys keys)
    {
        List<KeyValuePair<string, string>> all = [];
        foreach (var name in s_passed)
        {
            foreach (var value in request.Headers[name])
            {
                if (value is not null && !(name == "Authorization" && KeyCheck.IsOurs(value, keys)))
                {
                    all.Add(new(name, value));
                }
            }
        }

        return new CallerHeaders(all);
    }

    /// <summary>The same for a changed body: JSON, and neither it nor its answer packed.</summary>
    public CallerHeaders ForChangedBody() => new(
        [.. All.Where(header => header.Key is not ("Content-Encoding" or "Accept-Encoding")), new("Accept-Encoding", "identity")]);

    /// <summary>The same for a search of our own: records travel as raw bytes in CBOR, unpacked.</summary>
    public CallerHeaders ForPatches() => new(
        [.. All.Where(header => !s_ofTheBody.Contains(header.Key)), new("Accept", "application/cbor"),
            new("Content-Type", "application/json"), new("Accept-Encoding", "identity")]);
}
