using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>Every kernel against the definition, and the integer ones against their slow twin. Run again with vector units off by <see cref="VectorUnitTests"/>.</summary>
public sealed class KernelTests
{
    public static TheoryData<string> Kernels => [.. KernelCases.All.Keys];

    private static IEnumerable<ScoringContract> Contracts => ScoringContract.All.Where(contract => contract.IsLateInteraction);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Float_kernels_agree_with_every_golden_score(string name)
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            var record = KernelCases.Encode(ScoringGolden.Matrix(scored.GetProperty("patches")), PatchCodec.F32);
            foreach (var (what, contract, tokens, expected) in ScoringGolden.Expectations(scored).Where(each => each.Contract.IsLateInteraction))
            {
                AssertClose(
                    $"{scored.GetProperty("name")} {what}",
                    expected,
                    KernelCases.Score(KernelCases.All[name], contract, tokens, record),
                    scored.GetProperty("scale").GetDouble());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Templates_are_scored_one_by_one_and_averaged(string name)
    {
        foreach (var templates in ScoringGolden.Items("templates"))
        {
            var record = KernelCases.Encode(ScoringGolden.Matrix(templates.GetProperty("patches")), PatchCodec.F32);
            QueryTokens[] texts = [.. templates.GetProperty("texts").EnumerateArray().Select(text => new QueryTokens(ScoringGolden.Matrix(text)))];
            foreach (var mean in templates.GetProperty("mean").EnumerateObject())
            {
                using var query = PreparedQuery.Create(texts, ScoringContract.Parse(mean.Name), KernelCases.All[name]);
                AssertClose(mean.Name, mean.Value.GetDouble(), new LateInteractionScorer().ScoreOne(query, record), 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Float_kernels_agree_with_the_definition_on_any_shape(string name) =>
        KernelCases.Pairs.Select(KernelCases.Among(PatchCodec.F32, PatchCodec.F16)).Sample(
            (pair, codec) =>
            {
                var record = KernelCases.Encode(pair.Patches, codec);
                var stored = PatchRecord.Read(record).Decode();
                QueryTokens tokens = new(pair.Tokens, pair.Weights);
                var scale = KernelCases.Scale(pair.Tokens, stored);
                foreach (var contract in Contracts)
                {
                    AssertClose(
                        $"{contract} {pair.Tokens.RowCount} x {stored.RowCount} x {stored.Dimension}",
                        Definition.Score(contract, tokens, stored),
                        KernelCases.Score(KernelCases.All[name], contract, tokens, record),
                        scale);
                }
            },
            iter: KernelCases.Count,
            threads: 1);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Integer_kernels_are_the_twin_to_the_last_bit_on_any_shape(string name) =>
        KernelCases.Pairs.Sample(
            pair =>
            {
                var record = KernelCases.Encode(pair.Patches, PatchCodec.Int8);
                QueryTokens tokens = new(pair.Tokens, pair.Weights);
                foreach (var contract in Contracts)
                {
                    Assert.Equal(
                        IntegerTwin.Score(contract, tokens, PatchRecord.Read(record)),
                        KernelCases.Score(KernelCases.All[name], contract, tokens, record));
                }
            },
            iter: KernelCases.Count,
            threads: 1);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Integer_kernels_do_not_saturate(string name)
    {
        // Every product the largest there is, of either sign: byte pairs added in 16 bits would stop at 32,767.
        foreach (var sign in new[] { 1f, -1f })
        {
            var record = KernelCases.Encode(new EmbeddingMatrix(Enumerable.Repeat(sign, 3 * 1021).ToArray(), 1021), PatchCodec.Int8);
            QueryTokens tokens = new(new EmbeddingMatrix(Enumerable.Repeat(1f, 9 * 1021).ToArray(), 1021));
            AssertClose("saturation", sign * 1021, KernelCases.Score(KernelCases.All[name], ScoringContract.FilipT2I, tokens, record), 1021);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Int8_stays_near_the_definition(string name)
    {
        var tokens = KernelCases.Random(3, 12, 256, unit: true);
        var patches = KernelCases.Random(4, 196, 256, unit: true);
        var exact = Definition.Score(ScoringContract.FilipT2I, new QueryTokens(tokens), patches);
        var score = KernelCases.Score(
            KernelCases.All[name], ScoringContract.FilipT2I, new(tokens), KernelCases.Encode(patches, PatchCodec.Int8));
        Assert.InRange(score, exact - 0.002, exact + 0.002);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void No_kernel_reads_past_a_record(string name)
    {
        Assert.SkipUnless(GuardedMemory.IsSupported, "Guard pages are made with mmap and mprotect, which Linux has.");
        foreach (var codec in Enum.GetValues<PatchCodec>())
        {
            foreach (var dimension in new[] { 1, 2, 3, 5, 8, 31, 64, 65 })
            {
                var record = KernelCases.Encode(KernelCases.Random(dimension, 7, dimension, unit: false), codec);
                using GuardedMemory guarded = new(record);
                using var query = PreparedQuery.Create(
                    [new(KernelCases.Random(1, 5, dimension, unit: true))], ScoringContract.FilipMean, KernelCases.All[name]);
                LateInteractionScorer scorer = new();
                Assert.Equal(scorer.ScoreOne(query, record), scorer.ScoreOne(query, guarded.Span));
            }
        }
    }

    [Fact]
    public void Vector_units_are_off_when_this_run_says_so()
    {
        var off = Environment.GetEnvironmentVariable(VectorUnitTests.ExpectVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(off), "This run has its vector units on.");
        Assert.False(Vector512.IsHardwareAccelerated);
        Assert.False(off is "avx2" or "all" && (Avx2.IsSupported || Vector256.IsHardwareAccelerated));
        Assert.False(off is "all" && Sse41.IsSupported);
        Assert.DoesNotContain("avx512", LateInteractionKernel.Best.Name, StringComparison.Ordinal);
        Assert.Equal(off is "avx512", LateInteractionKernel.Best.Name.StartsWith("avx", StringComparison.Ordinal));
    }

    private static void AssertClose(string what, double expected, double actual, double scale)
    {
        var tolerance = Math.Max(1e-5 * Math.Abs(expected), 2e-6 * scale);
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected:R}, got {actual:R}");
    }
}
