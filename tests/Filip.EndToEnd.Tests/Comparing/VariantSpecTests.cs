using System.Text.Json;
using Filip.Cli.Comparing;
using Filip.Cli.Terminal;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Patches;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>What the user's words for a variant mean, and what wrong ones teach.</summary>
public sealed class VariantSpecTests
{
    [Fact]
    public void Every_setting_is_read()
    {
        var spec = Assert.IsType<EngineSpec>(VariantSpecParser.Parse("fused:weight=0.3,method=z,candidates=50,lexical=true,contract=filip-mean,codec=f16,index=http://u:pw@h1:9200,h2:9200/p"));
        Assert.Equal(EngineOrder.Fused, spec.Order);
        Assert.Equal(0.3, spec.Weight);
        Assert.Equal(FusionMethod.ZScore, spec.Method);
        Assert.Equal(50, spec.Candidates);
        Assert.True(spec.Lexical);
        Assert.Equal(ScoringContract.FilipMean, spec.Contract);
        Assert.Equal(PatchCodec.F16, spec.Codec);
        Assert.Equal("http://u:pw@h1:9200,h2:9200/p", spec.Index);
        Assert.DoesNotContain("pw", spec.Text, StringComparison.Ordinal);
        Assert.Equal(new EngineSpec("recall", EngineOrder.Recall), VariantSpecParser.Parse("recall"));
    }

    [Theory]
    [InlineData("rerank:candidates=0", "1 to 10000")]
    [InlineData("rerank:candidates=1,000", "'000'")]
    [InlineData("rerank:candidates=10,candidates=20", "twice")]
    [InlineData("rerank:codec=int4", "f32, f16 and int8")]
    [InlineData("rerank:contract=filip", "filip-t2i")]
    [InlineData("rerank:contract=pooled", "stage one's order is 'recall'")]
    [InlineData("recall:codec=f16", "no setting of recall")]
    [InlineData("fused:weight=0,3", "'3'")]
    [InlineData("fused:weight=1.5", "from 0 to 1")]
    [InlineData("fused:weight=NaN", "from 0 to 1")]
    [InlineData("fused:method=rrf,weight=0.2", "no weight")]
    [InlineData("fused:method=sum", "min-max, z or rrf")]
    [InlineData("run:", "no file")]
    [InlineData("http://localhost:8080?mode=both", "recall or rerank")]
    [InlineData("http://localhost:8080?depth=5", "mode, candidates and deadline_ms")]
    public void Wrong_settings_teach(string text, string taught)
    {
        var refused = Assert.Throws<UsageException>(() => VariantSpecParser.Parse(text));
        Assert.Contains(taught, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_services_url_is_refused_and_not_repeated()
    {
        var refused = Assert.Throws<UsageException>(() => VariantSpecParser.Parse("http://me:s3cret@host:8080"));
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.Contains("FILIP_API_KEY", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://host:8080", "http://host:8080/v1/search")]
    [InlineData("https://host/filip/", "https://host/filip/v1/search")]
    [InlineData("http://host:8080/v1/search?mode=recall&candidates=9&deadline_ms=70", "http://host:8080/v1/search")]
    public void A_services_url_leads_to_its_search(string text, string search)
    {
        var spec = Assert.IsType<ServiceSpec>(VariantSpecParser.Parse(text));
        Assert.Equal(search, spec.Url.ToString());
        Assert.Equal(text.Contains("mode", StringComparison.Ordinal) ? ("recall", 9, 70) : (null, null, (int?)null), (spec.Mode, spec.Candidates, spec.DeadlineMs));
    }

    [Fact]
    public void A_sweep_is_every_number_with_every_codec()
    {
        var sweep = SweepSpec.Parse("candidates=50,100,50; codec=f32,int8", 7);
        Assert.Equal([50, 100], sweep.Candidates);
        Assert.Equal([PatchCodec.F32, PatchCodec.Int8], sweep.Codecs);
        Assert.Equal([7], SweepSpec.Parse("codec=f16", 7).Candidates);
        Assert.Throws<UsageException>(() => SweepSpec.Parse("codec=", 7));
    }

    [Theory]
    [InlineData("$.hits.hits[*]._id", "{\"hits\":{\"hits\":[{\"_id\":\"b\"},{\"_id\":\"a\"},{\"_id\":\"b\"}]}}", "b a")]
    [InlineData("[*]", "[3,\"x\"]", "3 x")]
    [InlineData("pages[0].ids[*]", "{\"pages\":[{\"ids\":[\"p\"]},{\"ids\":[\"q\"]}]}", "p")]
    [InlineData("groups[*][*].id", "{\"groups\":[[{\"id\":\"a\"}],[],[{\"id\":\"b\"}]]}", "a b")]
    [InlineData("results[*].id", "{\"results\":[]}", "")]
    public void Ids_are_found_where_the_path_says(string path, string answer, string ids)
    {
        using var json = JsonDocument.Parse(answer);
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries), IdPath.Parse(path).Read(json.RootElement));
    }

    [Fact]
    public async Task Records_in_another_codec_are_what_an_index_of_that_codec_holds()
    {
        EmbeddingMatrix patches = new(new float[] { 0.6f, 0.8f, 0, 1, -0.28f, 0.96f }, 2);
        var fingerprint = new string('a', 64);
        var grid = new PatchGrid(Width: 3, Height: 1);
        var kept = PatchRecord.Encode(patches, PatchCodec.F32, grid, fingerprint);
        await using var store = new CodecPatchStore(new FixedStore(kept), PatchCodec.Int8);
        using var batch = await store.FetchAsync(["there", "missing", "damaged"], CancellationToken.None);
        Assert.Equal(PatchRecord.Encode(patches, PatchCodec.Int8, grid, fingerprint), batch[0].ToArray());
        Assert.True(batch[1].IsEmpty);
        Assert.Equal([1, 2, 3], batch[2].ToArray());
    }

    private sealed class FixedStore(byte[] record) : IPatchStore
    {
        public ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => ValueTask.FromResult(new PatchBatch(
            [.. ids.Select(id => id switch { "there" => record, "missing" => default, _ => (ReadOnlyMemory<byte>)new byte[] { 1, 2, 3 } })]));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
