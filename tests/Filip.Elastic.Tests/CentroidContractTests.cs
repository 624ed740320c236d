using System.Runtime.CompilerServices;
using Filip.Embeddings;
using Filip.Embeddings.Pooling;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Rerank.Patches;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests;

/// <summary>An index whose pictures have one centroid, their pooled vector, asked with one token, the query's: it must answer as the pooled vector does.</summary>
public sealed class CentroidContractIndex : ContractIndex
{
    private static readonly IndexStamp s_stamp =
        PortContract.Stamp with { PatchDimension = PortContract.Dimension, PooledVectors = PooledVectors.Centroids(2) };

    private readonly ElasticConnection _connection = RealElastic.Connect();

    public override async ValueTask<IImageSink> OpenSinkAsync() => new CentroidAdder(await ElasticImageSink.OpenAsync(
        _connection, s_stamp, new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = "flat" } }, null, default));

    public override async ValueTask<ICandidateSource> OpenSourceAsync()
    {
        var source = await ElasticCandidateSource.OpenAsync(_connection, null, default);
        Assert.Equal(s_stamp, source.Stamp);
        return new TokenAdder(source);
    }

    public override ValueTask<IPatchStore> OpenPatchStoreAsync() => ValueTask.FromResult<IPatchStore>(new ElasticPatchStore(_connection));

    public override async ValueTask DisposeAsync()
    {
        await RealElastic.DropAsync(_connection);
        _connection.Dispose();
    }

    private static EmbeddingMatrix Row(ReadOnlyMemory<float> vector) => new(vector, vector.Length);

    private sealed class CentroidAdder(IImageSink inner) : IImageSink
    {
        public IndexStamp Stamp => inner.Stamp;

        public string Generation => inner.Generation;

        public ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken) =>
            inner.WriteAsync([.. documents.Select(document => document with { Centroids = Row(document.Pooled) })], cancellationToken);

        public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            inner.GetContentHashesAsync(ids, cancellationToken);

        public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var id in inner.ListIdsAsync(cancellationToken))
            {
                yield return id;
            }
        }

        public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => inner.DeleteAsync(ids, cancellationToken);

        public ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken) => inner.CompleteAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class TokenAdder(ICandidateSource inner) : ICandidateSource
    {
        // The contract's own stamp knows one pooled vector; what the index says of itself was compared above.
        public IndexStamp Stamp => PortContract.Stamp;

        public string Generation => inner.Generation;

        public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) =>
            inner.FindAsync(request with { Tokens = Row(request.Pooled) }, cancellationToken);

        public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            inner.GetFieldsAsync(ids, cancellationToken);

        public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) => inner.HasFieldAsync(field, cancellationToken);

        public ValueTask<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

public sealed class CentroidCandidateSourceTests : CandidateSourceContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new CentroidContractIndex());
}

public sealed class CentroidRecallFieldsTests : RecallFieldsContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new CentroidContractIndex());
}
