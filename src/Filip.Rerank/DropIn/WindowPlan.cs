using System.Globalization;
using Filip.Rerank.Search;

namespace Filip.Rerank.DropIn;

/// <summary>What is done with a search that has our member: its first hits are re-scored, or the reason why they cannot be.</summary>
/// <param name="From">Where the caller's page begins.</param>
/// <param name="Size">Most hits of the page.</param>
/// <param name="Window">How many of Elasticsearch's first hits are re-scored.</param>
/// <param name="Reason">Why nothing is re-scored; null where the window is.</param>
internal sealed record WindowPlan(int From, int Size, int Window, string? Reason)
{
    /// <summary>Whether the answer is a lesser one than was asked for.</summary>
    public bool Degraded => Reason is not (null or DropInReasons.NoHits or DropInReasons.PastWindow or DropInReasons.Recall);

    /// <summary>How many hits Elasticsearch is asked for.</summary>
    public long Wanted => Math.Max(Window, (long)From + Size);

    /// <summary>Looks at a search.</summary>
    public static WindowPlan Of(CallerBody body, CallerQuery query, FilipMember member, SearchEngine engine)
    {
        var window = member.Window ?? engine.Options.DefaultCandidates;
        if (body.Repeats || Count(body, query, "from", 0) is not { } from || Count(body, query, "size", 10) is not { } size)
        {
            return new WindowPlan(0, 0, window, DropInReasons.FromSize);
        }

        var plan = new WindowPlan(from, size, window, null);
        var reason = query.Has("scroll") ? DropInReasons.Scroll
            : body.Has("search_after") ? DropInReasons.SearchAfter
            : size == 0 ? DropInReasons.NoHits
            : member.Mode == "recall" ? DropInReasons.Recall
            : !engine.Rescores ? DropInReasons.Contract
            : !RecallOrder.Is(body, query) ? DropInReasons.Sort
            : from >= window ? DropInReasons.PastWindow
            : plan.Wanted > int.MaxValue ? DropInReasons.FromSize
            : null;
        return plan with { Reason = reason };
    }

    // The URL's number goes before the body's, as in Elasticsearch.
    private static int? Count(CallerBody body, CallerQuery query, string name, int otherwise) =>
        query.Value(name) is { } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null
            : body.Count(name, otherwise);
}
