using Filip.Embeddings;
using Filip.Indexer;
using Filip.Recall;
using Filip.Rerank.Patches;

namespace Filip.Testing.Contracts;

/// <summary>One engine's index, empty, made for one test: what the contract tests of the three ports run against.</summary>
/// <remarks>
/// A sink, a source and a store are the caller's to dispose. Only what a sink has completed must be seen, and only by a source or
/// store opened afterwards. The engine need not allow two sinks at once.
/// </remarks>
public abstract class ContractIndex : IAsyncDisposable
{
    /// <summary>The index for writing; made where it is not there yet.</summary>
    public abstract ValueTask<IImageSink> OpenSinkAsync();

    /// <summary>The index as stage one.</summary>
    public abstract ValueTask<ICandidateSource> OpenSourceAsync();

    /// <summary>The index as a patch store.</summary>
    public abstract ValueTask<IPatchStore> OpenPatchStoreAsync();

    /// <summary>Removes the index.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Writes documents, completes, and wants every one of them written.</summary>
    public async Task FillAsync(params IReadOnlyList<ImageDocument> documents)
    {
        await using var sink = await OpenSinkAsync();
        var outcomes = await sink.WriteAsync(documents, CancellationToken.None);
        Assert.All(outcomes, outcome => Assert.Null(outcome.Refusal));
        await sink.CompleteAsync(CancellationToken.None);
    }
}

/// <summary>Where a contract's tests get their index from.</summary>
public abstract class PortContract
{
    /// <summary>Values of a pooled vector in these tests.</summary>
    public const int Dimension = 16;

    /// <summary>The stamp that the tests' indexes carry.</summary>
    public static IndexStamp Stamp { get; } = new(
        new string('a', 64), "contract", PatchDimension: 8, PooledDimension: Dimension, Embeddings.Codecs.PatchCodec.Int8, "filip-t2i");

    /// <summary>A fresh, empty index with <see cref="Stamp"/>.</summary>
    protected abstract ValueTask<ContractIndex> CreateAsync();
}
