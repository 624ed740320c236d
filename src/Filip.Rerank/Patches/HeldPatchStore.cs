using Filip.Recall;

namespace Filip.Rerank.Patches;

/// <summary>Records that came with the candidates, for the one question after them.</summary>
/// <remarks>Whoever fetches takes the memory over: a stage two that is given up at its deadline may still read it.</remarks>
/// <param name="records">The records, taken over.</param>
internal sealed class HeldPatchStore(CandidateRecords records) : IPatchStore
{
    private CandidateRecords? _held = records;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">They were fetched before, or are gone.</exception>
    public ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _held, null) is { } held
            ? ValueTask.FromResult(new PatchBatch(held.Records, held))
            : throw new InvalidOperationException("The records that came with the candidates were taken already.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _held, null)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
