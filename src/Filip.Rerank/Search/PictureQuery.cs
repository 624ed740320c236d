namespace Filip.Rerank.Search;

/// <summary>A picture as a query: its patches are the query tokens.</summary>
internal sealed class PictureQuery
{
    public static PictureQuery? From(SearchEngineParts parts) => null;

    public Task<EncodedQuery> EncodeAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
