using Filip.Recall.Embedded;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Filip.Rerank.Patches;

/// <summary>Patch records of an embedded index, zero-copy: slices of its mapped segments.</summary>
/// <remarks>
/// A record whose checksum is wrong is answered as missing and logged as a warning: it costs one picture, not the page.
/// The store does not own the index; a batch stays readable until it is disposed, whatever the writer does meanwhile.
/// </remarks>
/// <param name="index">The index to read.</param>
/// <param name="logger">Where damaged records are named; null for nowhere.</param>
public sealed partial class EmbeddedPatchStore(EmbeddedIndex index, ILogger<EmbeddedPatchStore>? logger = null) : IPatchStore
{
    private readonly ILogger _logger = logger ?? NullLogger<EmbeddedPatchStore>.Instance;
    private long _damagedRecords;

    /// <summary>How many damaged records were met since the store was made.</summary>
    public long DamagedRecords => Interlocked.Read(ref _damagedRecords);

    /// <inheritdoc/>
    public ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        var lease = index.LeasePatches(ids);
        foreach (var id in lease.Damaged)
        {
            Interlocked.Increment(ref _damagedRecords);
            Damaged(_logger, id, index.Path);
        }

        return ValueTask.FromResult(new PatchBatch(lease.Records, lease));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [LoggerMessage(2101, LogLevel.Warning,
        "The patch record of '{Id}' in {Index} does not have its checksum and is answered as missing. Run 'filip verify' and index the picture again.")]
    private static partial void Damaged(ILogger logger, string id, string index);
}
