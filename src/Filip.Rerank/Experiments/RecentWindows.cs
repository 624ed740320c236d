using Filip.Rerank.Search;

namespace Filip.Rerank.Experiments;

/// <summary>Interleaved windows of late, the least recently used going first.</summary>
/// <remarks>
/// A draft is the same whenever it is drawn, but what is drawn from may change between two pages: a picture is added, stage
/// two is late. Remembered, the second page is cut from the very order that the first was.
/// </remarks>
/// <param name="capacity">Most windows kept.</param>
internal sealed class RecentWindows(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, IReadOnlyList<SearchResult> Order)>> _windows = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, IReadOnlyList<SearchResult> Order)> _recent = new();

    /// <summary>The order kept under this key, or null.</summary>
    public IReadOnlyList<SearchResult>? Find(string key)
    {
        lock (_gate)
        {
            if (!_windows.TryGetValue(key, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Order;
        }
    }

    /// <summary>Keeps an order, unless another request for the same was quicker: then that one counts.</summary>
    public IReadOnlyList<SearchResult> Keep(string key, IReadOnlyList<SearchResult> order)
    {
        lock (_gate)
        {
            if (_windows.TryGetValue(key, out var there))
            {
                return there.Value.Order;
            }

            _windows[key] = _recent.AddFirst((key, order));
            if (_windows.Count > capacity)
            {
                _windows.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }

            return order;
        }
    }
}
