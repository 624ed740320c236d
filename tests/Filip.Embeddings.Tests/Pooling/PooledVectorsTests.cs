using System.Text.Json;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pooling;

namespace Filip.Embeddings.Tests.Pooling;

public sealed class PooledVectorsTests
{
    private static readonly IndexStamp s_stamp = new(new string('a', 64), "model", 8, 16, PatchCodec.Int8, "filip-t2i");

    [Theory]
    [InlineData("single", PooledKind.Single, 0, 0)]
    [InlineData("centroids:2", PooledKind.Centroids, 2, 2)]
    [InlineData("centroids:64", PooledKind.Centroids, 64, 64)]
    [InlineData("grid:3", PooledKind.Grid, 3, 9)]
    [InlineData("grid:16", PooledKind.Grid, 16, 256)]
    public void A_kind_is_read_and_written_alike(string text, PooledKind kind, int count, int most)
    {
        var vectors = PooledVectors.Parse(text);
        Assert.Equal((kind, count, most, kind != PooledKind.Single), (vectors.Kind, vectors.Count, vectors.MostRows, vectors.IsSeveral));
        Assert.Equal(text, vectors.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Single")]
    [InlineData("single:1")]
    [InlineData("centroids")]
    [InlineData("centroids:")]
    [InlineData("centroids:1")]
    [InlineData("centroids:65")]
    [InlineData("centroids:-8")]
    [InlineData("centroids: 8")]
    [InlineData("centroids:8x")]
    [InlineData("centroids:99999999999")]
    [InlineData("grid:1")]
    [InlineData("grid:17")]
    [InlineData("grid:3x3")]
    public void What_is_no_kind_is_refused_with_the_kinds_there_are(string text)
    {
        Assert.False(PooledVectors.TryParse(text, out _));
        var error = Assert.Throws<FormatException>(() => PooledVectors.Parse(text));
        Assert.Contains("centroids:N", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stamp_of_one_pooled_vector_is_written_as_before_and_one_of_old_is_read()
    {
        var old = JsonSerializer.Serialize(s_stamp);
        Assert.DoesNotContain(nameof(IndexStamp.PooledVectors), old, StringComparison.Ordinal);
        Assert.Equal(s_stamp, JsonSerializer.Deserialize<IndexStamp>(old));
        var several = s_stamp with { PooledVectors = PooledVectors.Centroids(8) };
        Assert.Contains("\"centroids:8\"", JsonSerializer.Serialize(several), StringComparison.Ordinal);
        Assert.Equal(several, JsonSerializer.Deserialize<IndexStamp>(JsonSerializer.Serialize(several)));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<IndexStamp>(JsonSerializer.Serialize(several).Replace("centroids:8", "heaps", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_stamp_refuses_another_kind_and_says_which_to_name()
    {
        var several = s_stamp with { PooledVectors = PooledVectors.Centroids(8) };
        several.EnsureUsableBy(several with { Codec = PatchCodec.F16 });
        var error = Assert.Throws<StampMismatchException>(() => several.EnsureUsableBy(s_stamp));
        Assert.Contains("--pooled-vectors centroids:8", error.Message, StringComparison.Ordinal);
        Assert.Throws<StampMismatchException>(() => several.EnsureUsableBy(s_stamp with { PooledVectors = PooledVectors.Centroids(4) }));
        Assert.Throws<StampMismatchException>(() => s_stamp.EnsureUsableBy(several));
    }
}
