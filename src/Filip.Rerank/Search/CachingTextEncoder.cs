using Filip.Embeddings;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <summary>A text tower that remembers the texts it was asked most recently.</summary>
/// <remarks>
/// Bounded by entries, the least recently used going first. Callers that ask for the same text at the same time share one
/// run of the tower; a run that fails is forgotten. Keyed by the text as it is.
/// </remarks>
/// <param name="inner">The tower.</param>
/// <param name="capacity">Most texts kept, at least 1.</param>
public sealed class CachingTextEncoder(ITextEncoder inner, int capacity) : ITextEncoder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>Texts kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TextEmbedding>> EncodeAsync(
        IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        cancellationToken.ThrowIfCancellationRequested();
        var answers = new Task<TextEmbedding>[texts.Count];
        List<int>? missed = null;
        TaskCompletionSource<TextEmbedding>[]? promises = null;
        lock (_gate)
        {
            for (var i = 0; i < texts.Count; i++)
            {
                if (_entries.TryGetValue(texts[i], out var node))
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    answers[i] = node.Value.Embedding;
                    continue;
                }

                promises ??= new TaskCompletionSource<TextEmbedding>[texts.Count];
                promises[i] = new TaskCompletionSource<TextEmbedding>(TaskCreationOptions.RunContinuationsAsynchronously);
                answers[i] = promises[i].Task;
                (missed ??= []).Add(i);
                Keep(texts[i], answers[i]);
            }
        }

        FilipTelemetry.CacheLookups("text", texts.Count - (missed?.Count ?? 0), missed?.Count ?? 0);
        if (missed is not null)
        {
            // Others may wait for this run: it does not end with the caller that happened to start it.
            _ = Task.Run(() => FillAsync(texts, missed, promises!), CancellationToken.None);
        }

        var found = new TextEmbedding[answers.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            found[i] = await answers[i].WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    private async Task FillAsync(
        IReadOnlyList<string> texts, List<int> missed, TaskCompletionSource<TextEmbedding>[] promises)
    {
        try
        {
            var encoded = await inner.EncodeAsync([.. missed.Select(i => texts[i])], CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < missed.Count; i++)
            {
                promises[missed[i]].SetResult(encoded[i]);
            }
        }
        catch (Exception failure)
        {
            foreach (var i in missed)
            {
                Forget(texts[i], promises[i].Task);
                if (promises[i].TrySetException(failure))
                {
                    // Read once, so that a text nobody waits for any more is no unobserved exception.
                    _ = promises[i].Task.Exception;
                }
            }
        }
    }

    private void Keep(string text, Task<TextEmbedding> embedding)
    {
        _entries[text] = _recent.AddFirst(new Entry(text, embedding));
        if (_entries.Count > capacity)
        {
            _entries.Remove(_recent.Last!.Value.Text);
            _recent.RemoveLast();
        }
    }

    private void Forget(string text, Task<TextEmbedding> embedding)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(text, out var node) && node.Value.Embedding == embedding)
            {
                _entries.Remove(text);
                _recent.Remove(node);
            }
        }
    }

    private sealed record Entry(string Text, Task<TextEmbedding> Embedding);
}
