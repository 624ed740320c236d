using System.ComponentModel.DataAnnotations;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Patches;

namespace Filip.Rerank.Tests.LateInteraction;

public sealed class ScorerTests
{
    private const int Dimension = 40;

    private static readonly LateInteractionScorer s_single = new(new() { MaxParallelism = 1 });

    public static TheoryData<string> Kernels => KernelTests.Kernels;

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_candidate_scores_the_same_whoever_stands_beside_it_on_any_number_of_threads(string name)
    {
        var records = Records(150);
        using var query = Query(ScoringContract.FilipMean, KernelCases.All[name]);
        var alone = records.Select(record => s_single.ScoreOne(query, record.Span)).ToArray();
        foreach (var (threads, block) in new[] { (1, 1), (1, 64), (2, 16), (5, 3), (64, 1) })
        {
            LateInteractionScorer scorer = new(new() { MaxParallelism = threads, BlockSize = block });
            Assert.Equal(alone, Score(scorer, query, records).Scores);
        }
    }

    [Fact]
    public void A_bad_candidate_costs_itself_only()
    {
        var records = Records(20);
        using var query = Query(ScoringContract.FilipT2I);
        var sound = Score(s_single, query, records).Scores;
        var torn = records[3].ToArray()[..^1];
        var other = KernelCases.Encode(KernelCases.Random(9, 4, Dimension + 1, unit: true), PatchCodec.F32);
        var foreign = PatchRecord.Encode(KernelCases.Random(9, 4, Dimension, unit: true), PatchCodec.F32, PatchGrid.None, "ffffffffffffffff");
        var huge = KernelCases.Encode(new(Enumerable.Repeat(float.MaxValue, Dimension * 2).ToArray(), Dimension), PatchCodec.F32);
        records[3] = torn;
        records[5] = default;
        records[7] = other;
        records[11] = foreign;
        records[13] = huge;
        foreach (var threads in new[] { 1, 4 })
        {
            LateInteractionScorer scorer = new(new() { MaxParallelism = threads, BlockSize = 2, Fingerprint = KernelCases.Fingerprint });
            var (scores, statuses, count) = Score(scorer, query, records);
            Assert.Equal(15, count);
            Assert.Equal(CandidateStatus.Corrupt, statuses[3]);
            Assert.Equal(CandidateStatus.Missing, statuses[5]);
            Assert.Equal(CandidateStatus.ForeignModel, statuses[7]);
            Assert.Equal(CandidateStatus.ForeignModel, statuses[11]);
            Assert.Equal(CandidateStatus.NotFinite, statuses[13]);
            for (var i = 0; i < records.Length; i++)
            {
                var isSound = i is not (3 or 5 or 7 or 11 or 13);
                Assert.Equal(isSound, statuses[i] == CandidateStatus.Scored);
                Assert.Equal(isSound ? sound[i] : 0, scores[i]);
            }
        }
    }

    [Fact]
    public void One_bad_record_says_why()
    {
        using var query = Query(ScoringContract.FilipT2I);
        var record = Records(1)[0].ToArray();
        Assert.Throws<PatchRecordException>(() => s_single.ScoreOne(query, record.AsSpan(1)));
        Assert.Throws<PatchRecordException>(() => s_single.ScoreOne(query, default));
        var other = KernelCases.Encode(KernelCases.Random(9, 4, 3, unit: true), PatchCodec.F32);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => s_single.ScoreOne(query, other)).Message, StringComparison.Ordinal);
        var huge = KernelCases.Encode(new(Enumerable.Repeat(float.MaxValue, Dimension).ToArray(), Dimension), PatchCodec.F32);
        Assert.Equal(
            PatchRecordProblem.NotFinite, Assert.Throws<PatchRecordException>(() => s_single.ScoreOne(query, huge)).Problem);
        record[^5] ^= 1;
        Assert.Throws<PatchRecordException>(() => new LateInteractionScorer(new() { VerifyChecksums = true }).ScoreOne(query, record));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void An_infinite_product_is_not_lost_among_finite_ones(string name)
    {
        // inf - inf is NaN, and a plain maximum instruction forgets a NaN that another value follows.
        var values = KernelCases.Random(1, 30, Dimension, unit: true).Values.ToArray();
        values[Dimension] = float.MaxValue;
        values[Dimension + 1] = float.MaxValue;
        var record = KernelCases.Encode(new(values, Dimension), PatchCodec.F32);
        var tokens = new float[Dimension];
        tokens[0] = float.MaxValue;
        tokens[1] = -float.MaxValue;
        using var query = PreparedQuery.Create([new(new EmbeddingMatrix(tokens, Dimension))], ScoringContract.FilipT2I, KernelCases.All[name]);
        Assert.Equal([CandidateStatus.NotFinite], Score(s_single, query, [record]).Statuses);
    }

    [Theory]
    [InlineData(PatchCodec.F32)]
    [InlineData(PatchCodec.F16)]
    [InlineData(PatchCodec.Int8)]
    public void A_query_allocates_nothing_on_the_way(PatchCodec codec)
    {
        var records = Records(64, codec);
        var scores = new double[records.Length];
        var statuses = new CandidateStatus[records.Length];
        using var query = Query(ScoringContract.FilipMean);
        s_single.Score(query, records, scores, statuses, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            s_single.Score(query, records, scores, statuses, CancellationToken.None);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_cancelled_query_stops(int threads)
    {
        using var query = Query(ScoringContract.FilipT2I);
        LateInteractionScorer scorer = new(new() { MaxParallelism = threads, BlockSize = 1 });
        using CancellationTokenSource source = new();
        source.Cancel();
        var records = Records(10);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            scorer.Score(query, records, new double[10], new CandidateStatus[10], source.Token));
    }

    [Fact]
    public void A_batch_is_scored_as_its_records_are()
    {
        var records = Records(9);
        using var query = Query(ScoringContract.ColbertSum);
        using PatchBatch batch = new(records);
        var scores = new double[9];
        Assert.Equal(9, s_single.Score(query, batch, scores, new CandidateStatus[9], CancellationToken.None));
        Assert.Equal(Score(s_single, query, records).Scores, scores);
        Assert.Throws<ArgumentException>(() => s_single.Score(query, batch, new double[8], new CandidateStatus[9], CancellationToken.None));
    }

    [Fact]
    public void Queries_that_cannot_be_scored_are_refused_at_the_door()
    {
        QueryTokens tokens = new(KernelCases.Random(1, 2, 4, unit: true));
        Assert.Throws<ArgumentException>(() => PreparedQuery.Create(Array.Empty<QueryTokens>(), ScoringContract.FilipT2I));
        Assert.Throws<ArgumentException>(() => PreparedQuery.Create([tokens], ScoringContract.Pooled));
        Assert.Throws<ArgumentException>(() =>
            PreparedQuery.Create([tokens, new(KernelCases.Random(1, 2, 5, unit: true))], ScoringContract.FilipT2I));
        var query = PreparedQuery.Create([tokens], ScoringContract.FilipT2I);
        query.Dispose();
        Assert.Throws<ObjectDisposedException>(() => s_single.ScoreOne(query, Records(1)[0].Span));
    }

    [Fact]
    public void Options_have_limits()
    {
        Assert.Equal(Environment.ProcessorCount, new ScorerOptions().MaxParallelism);
        Assert.Equal((16, false, null), (new ScorerOptions().BlockSize, new ScorerOptions().VerifyChecksums, new ScorerOptions().Fingerprint));
        Assert.Throws<ValidationException>(() => new LateInteractionScorer(new() { MaxParallelism = 0 }));
        Assert.Throws<ValidationException>(() => new LateInteractionScorer(new() { BlockSize = 0 }));
        Assert.Throws<ArgumentException>(() => new LateInteractionScorer(new() { Fingerprint = "no digits" }));
    }

    [Fact]
    public void A_kernel_is_forced_by_name_or_refused_with_a_sentence()
    {
        Assert.Equal("plain", LateInteractionKernel.Choose("plain").Name);
        Assert.True(LateInteractionKernel.Choose(null).IsSupported);
        var error = Assert.Throws<InvalidOperationException>(() => LateInteractionKernel.Choose("fastest"));
        Assert.Contains("plain", error.Message, StringComparison.Ordinal);
        foreach (var kernel in LateInteractionKernel.All.Where(kernel => !kernel.IsSupported))
        {
            Assert.Throws<InvalidOperationException>(() => LateInteractionKernel.Choose(kernel.Name));
            Assert.Throws<ArgumentException>(() => PreparedQuery.Create(
                [new(KernelCases.Random(1, 2, 4, unit: true))], ScoringContract.FilipT2I, kernel));
        }
    }

    private static PreparedQuery Query(ScoringContract contract, LateInteractionKernel? kernel = null) => PreparedQuery.Create(
        [new(KernelCases.Random(77, 5, Dimension, unit: true)), new(KernelCases.Random(78, 9, Dimension, unit: true))], contract, kernel);

    private static ReadOnlyMemory<byte>[] Records(int count, PatchCodec? codec = null) =>
        [.. Enumerable.Range(1, count).Select(i => (ReadOnlyMemory<byte>)KernelCases.Encode(
            KernelCases.Random(i, (i * 7 % 60) + 1, Dimension, unit: true), codec ?? (PatchCodec)((i % 3) + 1)))];

    private static (double[] Scores, CandidateStatus[] Statuses, int Count) Score(
        LateInteractionScorer scorer, PreparedQuery query, ReadOnlyMemory<byte>[] records)
    {
        var scores = new double[records.Length];
        var statuses = new CandidateStatus[records.Length];
        var count = scorer.Score(query, records, scores, statuses, CancellationToken.None);
        return (scores, statuses, count);
    }
}
