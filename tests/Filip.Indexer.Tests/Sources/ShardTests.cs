using CsCheck;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Sources;

public sealed class ShardTests
{
    [Fact]
    public void Every_id_is_in_exactly_one_shard() => Gen.Select(Gen.String, Gen.Int[1, 40]).Sample((id, count) =>
        Assert.Equal(1, Enumerable.Range(1, count).Count(number => new Shard(number, count).Owns(id))));

    [Fact]
    public void Shards_are_about_equal()
    {
        var shard = new Shard(3, 8);
        Assert.InRange(Enumerable.Range(0, 80_000).Count(i => shard.Owns($"pictures/{i:D7}.jpg")), 9_500, 10_500);
    }

    /// <summary>Jobs on different machines, and of different versions, must agree.</summary>
    [Fact]
    public void The_hash_is_what_it_was() => Assert.Equal(
        [4, 3, 2, 1, 1],
        new[] { "a", "b", "scene-00000", "cats/001.png", "é" }.Select(id => Enumerable.Range(1, 4).Single(n => new Shard(n, 4).Owns(id))));

    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("2/8", 2, 8)]
    [InlineData("10000/10000", 10000, 10000)]
    public void A_shard_is_written_as_number_and_count(string text, int number, int count)
    {
        Assert.Equal(new Shard(number, count), Shard.Parse(text));
        Assert.Equal(text, Shard.Parse(text).ToString());
    }

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1/0")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData(" 1/2")]
    [InlineData("a/b")]
    [InlineData("1/10001")]
    public void What_is_no_shard_is_refused_with_an_example(string text) =>
        Assert.Contains("2/8", Assert.Throws<FormatException>(() => Shard.Parse(text)).Message, StringComparison.Ordinal);
}
