using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded;

/// <summary>Stage one over an embedded index: exact nearest neighbours, fused with BM25 over the captions where a text is given.</summary>
/// <remarks>
/// <para>Recall score: the dot product of the pooled vectors; with <see cref="RecallRequest.LexicalText"/> the fused
/// score (<see cref="LegFusion"/>), each leg as deep as the count asked for.</para>
/// <para>Filters hold before candidates are counted, in both legs. A field that no picture has gives no candidates (for null: all);
/// <see cref="HasFieldAsync"/> tells the two cases apart. The source owns the index and disposes it.</para>
/// </remarks>
/// <param name="index">The index to read.</param>
public sealed class EmbeddedCandidateSource(EmbeddedIndex index) : ICandidateSource
{
    /// <inheritdoc/>
    public IndexStamp Stamp => index.Stamp;

    /// <inheritdoc/>
    public string Generation => index.Generation;

    /// <summary>Whether any picture has a field of this name; nested ones are dotted.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="cancellationToken">Looked at before the first call reads all fields.</param>
    public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        index.Columns();
        return ValueTask.FromResult(index.Read(state => state.Columns!.Has(field)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector has another dimension or is not finite, the count is below 1, or a filter's value is no scalar.</exception>
    public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Count, 1, nameof(request));
        RecallRequest.EnsureSound(request, Stamp);
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Filters.Count > 0)
        {
            index.Columns();
        }

        return ValueTask.FromResult(index.Read(state => Find(state, request, cancellationToken)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PictureLookUp.Fields(index.Folder, ids, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(index.Read(state => (long)state.Catalogue.Count - state.Catalogue.Damaged));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => index.DisposeAsync();

    private RecallAnswer Find(IndexState state, RecallRequest request, CancellationToken cancellationToken)
    {
        var catalogue = state.Catalogue;
        var allowed = catalogue.Searchable;
        if (request.Filters.Count > 0)
        {
            allowed = allowed.Copy();
            foreach (var filter in request.Filters)
            {
                allowed.IntersectWith(state.Columns!.Match(filter, catalogue.RowCount));
            }
        }

        var nearest = PooledScan.Nearest(catalogue, state.Segments, allowed, request.Pooled, request.Count, cancellationToken);
        if (request.LexicalText is { } text)
        {
            nearest = Fuse(catalogue, nearest, Lexical(catalogue, allowed, text, request.Count, cancellationToken), request);
        }

        // The bytes were checked when they were read in; the few that answer are checked once more, for a disk that rots since.
        var spoiled = catalogue.Damaged;
        List<Candidate> candidates = new(nearest.Length);
        foreach (var (row, score) in nearest)
        {
            if (PooledScan.IsIntact(state.Segments, catalogue[row], Stamp.PooledDimension))
            {
                candidates.Add(new Candidate(catalogue.IdOf(row), candidates.Count + 1, score));
            }
            else
            {
                spoiled++;
            }
        }

        return new RecallAnswer(candidates, spoiled == 0
            ? null
            : $"{spoiled} pictures have a damaged pooled vector and cannot be found; run 'filip verify {index.Path}' and index them again.");
    }

    private ScoredRow[] Lexical(Catalogue catalogue, Bitmap allowed, string text, int count, CancellationToken cancellationToken)
    {
        if (CaptionSearch.QueryOf(text) is not { } query)
        {
            return [];
        }

        try
        {
            using var connection = IndexDatabase.OpenReader(index.Folder);
            return CaptionSearch.Find(connection, catalogue, allowed, query, count, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw IndexDatabase.Trouble(index.Folder, exception);
        }
    }

    private static ScoredRow[] Fuse(Catalogue catalogue, ScoredRow[] nearest, ScoredRow[] lexical, RecallRequest request)
    {
        var scores = LegFusion.Fuse<int>(Leg(nearest), Leg(lexical), request.LexicalWeight);
        var heap = new NearestHeap(Math.Max(1, Math.Min(request.Count, scores.Count)), catalogue);
        foreach (var (row, score) in scores)
        {
            heap.Offer(row, score);
        }

        return heap.InOrder();
    }

    private static IReadOnlyList<(int Row, double Score)> Leg(ScoredRow[] rows) => [.. rows.Select(row => (row.Index, (double)row.Score))];
}
