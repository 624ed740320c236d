using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Filip.Embeddings;

namespace Filip.Indexer.Tests.Parts;

/// <summary>An index in memory that fails when told to; the contract is that of the port.</summary>
public sealed class MemorySink(IndexStamp stamp) : IImageSink
{
    private int _writes;

    public ConcurrentDictionary<string, ImageDocument> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each id was written.</summary>
    public ConcurrentDictionary<string, int> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids that are refused for ever.</summary>
    public HashSet<string> Poison { get; } = [];

    /// <summary>Writes that succeed before the index is down; null for all.</summary>
    public int? WritesBeforeDown { get; init; }

    /// <summary>What is thrown when it is down.</summary>
    public Func<Exception> Down { get; init; } = () => new SinkUnavailableException("The index is down; start it again.");

    /// <summary>Awaited before each write.</summary>
    public Func<Task> BeforeWrite { get; set; } = () => Task.CompletedTask;

    public int Writes => _writes;

    public int Completed { get; private set; }

    public IndexStamp Stamp => stamp;

    public string Generation => "g1";

    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        await BeforeWrite().WaitAsync(cancellationToken);
        if (Interlocked.Increment(ref _writes) > WritesBeforeDown)
        {
            throw Down();
        }

        Assert.Equal(documents.Count, documents.Select(document => document.Id).Distinct().Count());
        return [.. documents.Select(Take)];
    }

    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        new(ids.Where(Held.ContainsKey).ToDictionary(id => id, id => Held[id].ContentHash));

    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in Held.Keys.Order(StringComparer.Ordinal))
        {
            await Task.CompletedTask;
            yield return id;
        }
    }

    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        new(ids.LongCount(id => Held.TryRemove(id, out _)));

    public ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken)
    {
        Completed++;
        return new(new SinkSummary(Held.Count, Held.IsEmpty ? 0 : Held.Values.Average(held => held.PatchRecord.Length)));
    }

    public ValueTask DisposeAsync() => default;

    private WriteOutcome Take(ImageDocument document)
    {
        Sent.AddOrUpdate(document.Id, 1, (_, times) => times + 1);
        if (Poison.Contains(document.Id))
        {
            return new WriteOutcome(document.Id, "mapper_parsing_exception: never");
        }

        Held[document.Id] = document;
        return new WriteOutcome(document.Id, null);
    }
}
