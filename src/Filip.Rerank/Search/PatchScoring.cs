using Filip.Embeddings;

namespace Filip.Rerank.Search;

/// <summary>Late interaction by the stamp's contract, over stored records.</summary>
internal sealed class PatchScoring(IndexStamp stamp)
{
    public string Kernel => stamp.Contract;

    public string Contract => stamp.Contract;

    public static EncodedQuery Prepare(EncodedQuery query) => query;

    public float Score(EncodedQuery query, ReadOnlyMemory<byte> record) => throw new NotImplementedException();

    public IReadOnlyList<TokenContribution> Contributions(EncodedQuery query, ReadOnlyMemory<byte> record) =>
        throw new NotImplementedException();
}
