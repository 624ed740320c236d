using System.Globalization;
using System.Web;
using Filip.Cli.Terminal;

namespace Filip.Cli.Comparing;

/// <summary>Reads the URL of a running filip service: <c>http://host:8080?mode=recall&amp;candidates=100&amp;deadline_ms=1000</c>.</summary>
internal static class ServiceUrl
{
    private const string Route = "/v1/search";
    private const int LongestDeadlineMs = 10_000;

    /// <summary>Reads it.</summary>
    /// <param name="text">The URL; the query string may hold <c>mode</c>, <c>candidates</c> and <c>deadline_ms</c>.</param>
    /// <exception cref="UsageException">It is no such URL; the message does not repeat credentials.</exception>
    public static ServiceSpec Parse(string text)
    {
        var shown = VariantSpecParser.WithoutSecrets(text);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw new UsageException($"'{shown}' is no URL; expected http://host:port of a running filip service.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new UsageException($"'{shown}' brings credentials in the URL; set FILIP_API_KEY instead, it is sent as X-Api-Key.");
        }

        int? candidates = null;
        int? deadline = null;
        string? mode = null;
        var settings = HttpUtility.ParseQueryString(url.Query);
        foreach (var name in settings.AllKeys)
        {
            var value = settings[name] ?? "";
            switch (name)
            {
                case "candidates": candidates = VariantSpecParser.Count(value, name); break;
                case "mode" when value is "recall" or "rerank": mode = value; break;
                case "mode": throw new UsageException($"mode in '{shown}' is recall or rerank, not '{value}'.");
                case "deadline_ms":
                    deadline = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is >= 1 and <= LongestDeadlineMs
                        ? ms
                        : throw new UsageException($"deadline_ms in '{shown}' is a number from 1 to 10000, not '{value}'.");
                    break;
                default: throw new UsageException($"'{name}' in '{shown}' is no setting; a service's URL takes mode, candidates and deadline_ms.");
            }
        }

        var path = url.AbsolutePath.TrimEnd('/');
        var search = new UriBuilder(url)
        {
            Path = path.EndsWith(Route, StringComparison.Ordinal) ? path : path + Route,
            Query = "",
        };
        return new ServiceSpec(text, search.Uri, candidates, mode, deadline);
    }
}
