using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Rerank.Patches;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests;

/// <summary>An index of its own on the real server.</summary>
public sealed class ElasticContractIndex(string vectorIndex) : ContractIndex
{
    private readonly ElasticConnection _connection = RealElastic.Connect();

    public override async ValueTask<IImageSink> OpenSinkAsync() => await ElasticImageSink.OpenAsync(
        _connection, PortContract.Stamp, new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = vectorIndex } }, null, default);

    public override async ValueTask<ICandidateSource> OpenSourceAsync() => await ElasticCandidateSource.OpenAsync(_connection, null, default);

    public override ValueTask<IPatchStore> OpenPatchStoreAsync() => ValueTask.FromResult<IPatchStore>(new ElasticPatchStore(_connection));

    public override async ValueTask DisposeAsync()
    {
        await RealElastic.DropAsync(_connection);
        _connection.Dispose();
    }
}

public sealed class ElasticImageSinkTests : ImageSinkContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new ElasticContractIndex("flat"));
}

public sealed class ElasticPatchStoreTests : PatchStoreContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new ElasticContractIndex("flat"));
}

public sealed class ElasticCandidateSourceTests : CandidateSourceContract
{
    protected override bool BringsRecords => true;

    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new ElasticContractIndex("flat"));
}

public sealed class ElasticRecallFieldsTests : RecallFieldsContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new ElasticContractIndex("flat"));
}
