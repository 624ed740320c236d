using Filip.Embeddings;
using Filip.Recall;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;

namespace Filip.Rerank.Tests.Search;

/// <summary>Records that came with the candidates are scored as fetched ones are, and given back in any case.</summary>
public sealed class OneRoundTripTests(SampleIndex sample)
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task The_answer_is_that_of_two_round_trips_and_no_store_is_asked()
    {
        var store = FaultyPatchStore.Throwing();
        var parts = sample.Parts(store, SampleIndex.Patient with { OneRoundTrip = true });
        await using var source = new BringingSource(parts.CandidateSource, sample.Parts().PatchStore);
        var engine = new SearchEngine(parts with { CandidateSource = source });
        var twoTrips = new SearchEngine(sample.Parts());
        foreach (var query in sample.Queries.Take(10))
        {
            var expected = await twoTrips.SearchAsync(new SearchRequest { Query = query }, s_none);
            var answer = await engine.SearchAsync(new SearchRequest { Query = query }, s_none);
            Assert.False(answer.Degraded);
            Assert.Equal(expected.Results.Select(result => (result.Id, result.Score)), answer.Results.Select(result => (result.Id, result.Score)));
        }

        Assert.Equal(0, store.Calls);
        Assert.Equal((10, 10), (source.Brought, source.Released));
    }

    [Fact]
    public async Task Records_that_nobody_scores_are_given_back()
    {
        var parts = sample.Parts(options: SampleIndex.Patient with { OneRoundTrip = true });
        await using var source = new BringingSource(parts.CandidateSource, sample.Parts().PatchStore);
        var engine = new SearchEngine(parts with { CandidateSource = source });
        var late = await engine.SearchAsync(new SearchRequest { Query = sample.Queries[0], Deadline = TimeSpan.Zero }, s_none);
        Assert.Equal(DegradedReasons.Deadline, late.Reason);
        Assert.Equal((1, 1), (source.Brought, source.Released));

        // Stage one alone has no use for them, and a service that does not ask gets none.
        await engine.SearchAsync(new SearchRequest { Query = sample.Queries[0], Mode = SearchMode.Recall }, s_none);
        await new SearchEngine(sample.Parts() with { CandidateSource = source }).SearchAsync(new SearchRequest { Query = sample.Queries[0] }, s_none);
        Assert.Equal(1, source.Brought);
    }

    private sealed class BringingSource(ICandidateSource inner, IPatchStore store) : ICandidateSource
    {
        public int Brought { get; private set; }

        public int Released { get; private set; }

        public IndexStamp Stamp => inner.Stamp;

        public string Generation => inner.Generation;

        public async ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken)
        {
            var answer = await inner.FindAsync(request, cancellationToken);
            if (!request.WithRecords)
            {
                return answer;
            }

            Brought++;
            var batch = await store.FetchAsync([.. answer.Candidates.Select(candidate => candidate.Id)], cancellationToken);
            return answer with
            {
                Records = new CandidateRecords([.. Enumerable.Range(0, batch.Count).Select(i => batch[i])], new Release(this, batch)),
            };
        }

        public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            inner.GetFieldsAsync(ids, cancellationToken);

        public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) => inner.HasFieldAsync(field, cancellationToken);

        public ValueTask<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

        // The index stays the other tests'.
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Release(BringingSource source, IDisposable owner) : IDisposable
        {
            public void Dispose()
            {
                source.Released++;
                owner.Dispose();
            }
        }
    }
}
