namespace Filip.Rerank.Patches;

/// <summary>Fetches stored patch records by id.</summary>
public interface IPatchStore : IAsyncDisposable
{
    /// <summary>The records of the given pictures, in the order asked; a picture without a record is missing, not an error.</summary>
    /// <param name="ids">Ids of pictures; repeated ones are answered each time.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);
}
