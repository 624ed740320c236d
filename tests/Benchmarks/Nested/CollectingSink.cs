using Filip.Embeddings;
using Filip.Indexer;

namespace Filip.Benchmarks.Nested;

/// <summary>Keeps what the indexing job makes in memory.</summary>
internal sealed class CollectingSink(IndexStamp stamp) : IImageSink
{
    private readonly Lock _gate = new();

    public List<ImageDocument> Documents { get; } = [];

    public IndexStamp Stamp => stamp;

    public string Generation => "memory";

    public ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Documents.AddRange(documents);
        }

        return ValueTask.FromResult<IReadOnlyList<WriteOutcome>>([.. documents.Select(document => new WriteOutcome(document.Id, null))]);
    }

    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<string>();

    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SinkSummary(Documents.Count, 0));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
