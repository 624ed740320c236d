using Filip.Embeddings;
using Filip.Embeddings.Pooling;
using Filip.Recall;
using Filip.Rerank.Search;

namespace Filip.Rerank.Tests.Search;

/// <summary>What an index can never answer is the asker's mistake, and not an index that is down.</summary>
public sealed class RefusedQuestionTests(SampleIndex sample)
{
    [Fact]
    public async Task A_question_the_index_refuses_is_a_refused_request_that_names_its_part()
    {
        var parts = sample.Parts();
        var engine = new SearchEngine(parts with { CandidateSource = new RefusingSource(parts.CandidateSource.Stamp) });
        var error = await Assert.ThrowsAsync<SearchRefusedException>(
            () => engine.SearchAsync(new SearchRequest { Query = "a tree" }, TestContext.Current.CancellationToken));
        Assert.Equal((RefusalCodes.InvalidValue, "filter"), (error.Code, error.Field));
        Assert.Contains("cannot be compared", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_of_several_vectors_is_served_by_the_same_model_as_one_of_a_single_one()
    {
        var parts = sample.Parts();
        var several = parts.CandidateSource.Stamp with { PooledVectors = PooledVectors.Centroids(8) };
        Assert.Equal(several, new SearchEngine(parts with { CandidateSource = new RefusingSource(several) }).Stamp);
        Assert.Throws<StampMismatchException>(() => new SearchEngine(parts with
        {
            CandidateSource = new RefusingSource(several with { Fingerprint = new string('f', 64) }),
        }));
    }

    private sealed class RefusingSource(IndexStamp stamp) : ICandidateSource
    {
        public IndexStamp Stamp => stamp;

        public string Generation => "refusing";

        public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) =>
            throw new QuestionRefusedException("The field cannot be compared.", "filter");

        public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyDictionary<string, PictureFields>>(new Dictionary<string, PictureFields>());

        public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<long> CountAsync(CancellationToken cancellationToken) => ValueTask.FromResult(0L);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
