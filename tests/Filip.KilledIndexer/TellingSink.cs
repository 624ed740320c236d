using Filip.Embeddings;
using Filip.Indexer;

namespace Filip.KilledIndexer;

/// <summary>Says on its output which pictures the index has acknowledged, so that whoever kills the process knows what must be there.</summary>
internal sealed class TellingSink(IImageSink inner, TextWriter output, SuddenEnd? end) : IImageSink
{
    public IndexStamp Stamp => inner.Stamp;

    public string Generation => inner.Generation;

    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        var outcomes = await inner.WriteAsync(documents, cancellationToken);
        var told = string.Concat(outcomes.Where(outcome => outcome.Written).Select(outcome => $"+{outcome.Id}\n"));
        lock (output)
        {
            output.Write(told);
            output.Flush();
        }

        end?.Count(outcomes.Count(outcome => outcome.Written));

        return outcomes;
    }

    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) => inner.GetContentHashesAsync(ids, cancellationToken);

    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => inner.ListIdsAsync(cancellationToken);

    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        inner.DeleteAsync(ids, cancellationToken);

    public ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken) => inner.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
