using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Recall;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Microsoft.Extensions.Time.Testing;

namespace Filip.Rerank.Tests.Search;

/// <summary>Stage two may fail, the page may not: whatever the patch store does, the recall order answers and says why.</summary>
public sealed class DegradedTests(SampleIndex sample)
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    public static TheoryData<string, string> Faults => new()
    {
        { "throwing", DegradedReasons.PatchStore },
        { "short", DegradedReasons.PatchStore },
        { "empty", DegradedReasons.PatchesMissing },
        { "cut", DegradedReasons.Corrupt },
        { "flipped", DegradedReasons.Corrupt },
        { "zeroed", DegradedReasons.Corrupt },
        { "one flipped", DegradedReasons.Corrupt },
        { "foreign", DegradedReasons.Corrupt },
        { "another dimension", DegradedReasons.Corrupt },
        { "cancelling", DegradedReasons.PatchStore },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Search_answers_the_recall_order_and_says_why(string fault, string reason)
    {
        var engine = new SearchEngine(sample.Parts(Store(fault)));
        var sound = new SearchEngine(sample.Parts());
        foreach (var query in sample.Queries.Take(5))
        {
            var recall = await sound.SearchAsync(new SearchRequest { Query = query, Mode = SearchMode.Recall }, s_none);
            var answer = await engine.SearchAsync(new SearchRequest { Query = query, Explain = true }, s_none);
            Assert.True(answer.Degraded);
            Assert.Equal(reason, answer.Reason);
            Assert.Equal(recall.Results.Select(result => (result.Id, result.Score)), answer.Results.Select(result => (result.Id, result.Score)));
            Assert.All(answer.Results, result => Assert.NotNull(result.Fields));
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Rerank_answers_the_callers_order_and_says_why(string fault, string reason)
    {
        var engine = new SearchEngine(sample.Parts(Store(fault)));
        var candidates = sample.Ids.Take(6).Reverse().Select((id, i) => new RerankCandidate(id, 1.0 / (i + 1))).ToList();
        var answer = await engine.RerankAsync(new RerankRequest { Query = sample.Queries[0], Candidates = candidates }, s_none);
        Assert.True(answer.Degraded);
        Assert.Equal(reason, answer.Reason);
        Assert.Equal(candidates.Select(candidate => candidate.Id), answer.Results.Select(result => result.Id));
        Assert.Equal(candidates.Select(candidate => candidate.Score), answer.Results.Select(result => result.Score));
    }

    [Fact]
    public async Task A_store_that_never_answers_holds_nothing_past_the_deadline()
    {
        var clock = new FakeTimeProvider();
        TaskCompletionSource asked = new(), never = new();
        var store = new FaultyPatchStore(async (ids, _) =>
        {
            asked.SetResult();
            await never.Task;
            return new PatchBatch(new ReadOnlyMemory<byte>[ids.Count]);
        });
        var engine = new SearchEngine(sample.Parts(store, new SearchOptions()) with { TimeProvider = clock });
        var searching = engine.SearchAsync(new SearchRequest { Query = sample.Queries[0] }, s_none);
        await asked.Task;
        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.NotSame(searching, await Task.WhenAny(searching, Task.Delay(50, s_none)));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var answer = await searching;
        Assert.Equal(DegradedReasons.Deadline, answer.Reason);
        Assert.Equal(10, answer.Results.Count);
        Assert.Equal(250, answer.TimingsMs.Total);
        never.SetResult();
    }

    [Fact]
    public async Task A_store_that_holds_its_thread_holds_no_answer()
    {
        using var dead = new ManualResetEventSlim();
        var engine = new SearchEngine(sample.Parts(FaultyPatchStore.Blocking(dead)));
        var answer = await engine.SearchAsync(
            new SearchRequest { Query = sample.Queries[0], Deadline = TimeSpan.FromMilliseconds(40) }, s_none);
        Assert.Equal(DegradedReasons.Deadline, answer.Reason);
        dead.Set();
    }

    [Fact]
    public async Task Calls_left_behind_are_bounded()
    {
        TaskCompletionSource never = new();
        var store = FaultyPatchStore.Hanging(never.Task);
        var engine = new SearchEngine(sample.Parts(store, SampleIndex.Patient with { MaxStageTwoInFlight = 3 }));
        var request = new SearchRequest { Query = sample.Queries[0] };
        var hanging = Enumerable.Range(0, 3).Select(_ => engine.SearchAsync(request, s_none)).ToList();
        while (store.Calls < 3)
        {
            await Task.Delay(1, s_none);
        }

        Assert.Equal(DegradedReasons.Busy, (await engine.SearchAsync(request, s_none)).Reason);
        never.SetResult();
        await Task.WhenAll(hanging);
        Assert.Equal(DegradedReasons.PatchesMissing, (await engine.SearchAsync(request, s_none)).Reason);
    }

    [Fact]
    public async Task No_time_left_is_the_recall_order_at_once()
    {
        var store = FaultyPatchStore.Throwing();
        var engine = new SearchEngine(sample.Parts(store));
        var answer = await engine.SearchAsync(new SearchRequest { Query = sample.Queries[0], Deadline = TimeSpan.Zero }, s_none);
        Assert.Equal(DegradedReasons.Deadline, answer.Reason);
        Assert.Equal(0, store.Calls);
        Assert.NotEmpty(answer.Results);
    }

    [Fact]
    public async Task A_text_tower_that_fails_leaves_the_callers_order_to_a_rerank_and_none_to_a_search()
    {
        var engine = new SearchEngine(sample.Parts() with { TextEncoder = new FailingTower() });
        var answer = await engine.RerankAsync(
            new RerankRequest { Query = "a tree", Candidates = [new(sample.Ids[1]), new(sample.Ids[0])] }, s_none);
        Assert.Equal(DegradedReasons.Encoder, answer.Reason);
        Assert.Equal([sample.Ids[1], sample.Ids[0]], answer.Results.Select(result => result.Id));
        await Assert.ThrowsAsync<StageOneUnavailableException>(
            () => engine.SearchAsync(new SearchRequest { Query = "a tree" }, s_none));
    }

    [Fact]
    public async Task Partial_recall_is_scored_and_said()
    {
        var engine = new SearchEngine(sample.Parts() with { CandidateSource = new PartialSource(sample.Parts().CandidateSource) });
        var answer = await engine.SearchAsync(new SearchRequest { Query = sample.Queries[0] }, s_none);
        Assert.Equal(DegradedReasons.PartialRecall, answer.Reason);
        Assert.Equal(answer.Results.Select(result => result.Score).OrderDescending(), answer.Results.Select(result => result.Score));
        Assert.NotEqual(answer.Results.Select(result => result.RecallScore), answer.Results.Select(result => result.Score));
    }

    [Fact]
    public async Task A_caller_that_goes_ends_the_search()
    {
        using var gone = new CancellationTokenSource();
        TaskCompletionSource never = new();
        var engine = new SearchEngine(sample.Parts(FaultyPatchStore.Hanging(never.Task)));
        var searching = engine.SearchAsync(new SearchRequest { Query = sample.Queries[0] }, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => searching);
        never.SetResult();
    }

    private FaultyPatchStore Store(string fault)
    {
        var inner = new EmbeddedPatchStore(sample.Index);
        var foreign = PatchRecord.Encode(
            new EmbeddingMatrix(new float[sample.Stamp.PatchDimension], sample.Stamp.PatchDimension), PatchCodec.F32, PatchGrid.None, new string('b', 64));
        var narrow = PatchRecord.Encode(
            new EmbeddingMatrix(new float[3], 3), PatchCodec.F32, PatchGrid.None, sample.Stamp.Fingerprint);
        return fault switch
        {
            "throwing" => FaultyPatchStore.Throwing(),
            "short" => FaultyPatchStore.Short(),
            "empty" => FaultyPatchStore.Empty(),
            "cut" => FaultyPatchStore.Changing(inner, (_, record) => record[..^1]),
            "flipped" => FaultyPatchStore.Changing(inner, (_, record) => Flip(record)),
            "zeroed" => FaultyPatchStore.Changing(inner, (_, record) => new byte[record.Length]),
            "one flipped" => FaultyPatchStore.Changing(inner, (i, record) => i == 3 ? Flip(record) : record),
            "foreign" => FaultyPatchStore.Changing(inner, (_, _) => foreign),
            "another dimension" => FaultyPatchStore.Changing(inner, (_, _) => narrow),
            "cancelling" => new FaultyPatchStore((_, _) => throw new OperationCanceledException("A timeout of the store's own.")),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    /// <summary>One bit of the vectors: nothing but the checksum can tell.</summary>
    private static byte[] Flip(byte[] record)
    {
        record[record.Length / 2] ^= 1;
        return record;
    }

    private sealed class FailingTower : ITextEncoder
    {
        public ValueTask<IReadOnlyList<TextEmbedding>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("The device is lost.");
    }

    private sealed class PartialSource(ICandidateSource inner) : ICandidateSource
    {
        public IndexStamp Stamp => inner.Stamp;

        public string Generation => inner.Generation;

        public async ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) =>
            await inner.FindAsync(request, cancellationToken) with { Partial = "1 of 3 shards did not answer." };

        public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
            IReadOnlyList<string> ids, CancellationToken cancellationToken) => inner.GetFieldsAsync(ids, cancellationToken);

        public ValueTask<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

        public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) =>
            inner.HasFieldAsync(field, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
