using Filip.Indexer;
using Filip.Indexer.Embedded;
using Filip.Recall.Embedded;
using Filip.Rerank.Patches;
using Filip.Testing.Contracts;

namespace Filip.Recall.Tests.Embedded;

/// <summary>An embedded index in a folder of its own.</summary>
public sealed class EmbeddedContractIndex : ContractIndex
{
    private readonly ScratchFolder _folder = new();

    public override ValueTask<IImageSink> OpenSinkAsync() =>
        ValueTask.FromResult<IImageSink>(new EmbeddedImageSink(EmbeddedIndex.Create(_folder.Path, PortContract.Stamp)));

    public override ValueTask<ICandidateSource> OpenSourceAsync() =>
        ValueTask.FromResult<ICandidateSource>(new EmbeddedCandidateSource(EmbeddedIndex.Open(_folder.Path)));

    public override ValueTask<IPatchStore> OpenPatchStoreAsync() => ValueTask.FromResult<IPatchStore>(new OwningStore(_folder.Path));

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    // The store itself does not own its index: a service shares one index between source and store.
    private sealed class OwningStore(string path) : IPatchStore
    {
        private readonly EmbeddedIndex _index = EmbeddedIndex.Open(path);

        public ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            new EmbeddedPatchStore(_index).FetchAsync(ids, cancellationToken);

        public ValueTask DisposeAsync()
        {
            _index.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class EmbeddedImageSinkTests : ImageSinkContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new EmbeddedContractIndex());
}

public sealed class EmbeddedPatchStoreTests : PatchStoreContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new EmbeddedContractIndex());
}

public sealed class EmbeddedCandidateSourceTests : CandidateSourceContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new EmbeddedContractIndex());
}

public sealed class EmbeddedRecallFieldsTests : RecallFieldsContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new EmbeddedContractIndex());
}
