using Filip.Embeddings;

namespace Filip.Recall;

/// <summary>Stage one: proposes candidates for a query's pooled vector.</summary>
public interface ICandidateSource : IAsyncDisposable
{
    /// <summary>What the index was built with.</summary>
    IndexStamp Stamp { get; }

    /// <summary>Name of the generation that answers.</summary>
    string Generation { get; }

    /// <summary>The pictures nearest to the query, best first; fewer than asked where the index or filter holds fewer.</summary>
    /// <param name="request">What to look for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken);

    /// <summary>The user's fields of the given pictures, by id; pictures that are not there are left out.</summary>
    /// <param name="ids">Ids to look up.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Whether any picture has a value in this attribute, so that a filter on a misspelt name can be told.</summary>
    /// <param name="field">The attribute's name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken);

    /// <summary>How many pictures can be found.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken);
}
