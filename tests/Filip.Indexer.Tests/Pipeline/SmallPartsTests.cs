using System.Text.Json;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Pipeline;

public sealed class SmallPartsTests
{
    [Fact]
    public void The_summary_s_json_is_the_documented_one() => Assert.Equal(
        """{"indexed":1,"unchanged":2,"pruned":3,"failed":4,"dead_letters":"d.jsonl","seconds":5.5,"pictures_per_second":6.5,"bytes_per_picture":7.5,"generation":"g","fingerprint":"f"}""",
        JsonSerializer.Serialize(
            new IndexingSummary
            {
                Indexed = 1,
                Unchanged = 2,
                Pruned = 3,
                Failed = 4,
                DeadLetters = "d.jsonl",
                Seconds = 5.5,
                PicturesPerSecond = 6.5,
                BytesPerPicture = 7.5,
                Generation = "g",
                Fingerprint = "f",
                Drained = true,
                PassedOver = 9,
                Notes = ["n"],
            },
            IndexingJson.Default.IndexingSummary));

    [Fact]
    public void The_defaults_are_the_documented_ones_and_valid()
    {
        var options = new IndexingOptions();
        options.Validate();
        Assert.Equal(
            (8, 4, 128, 2, 32_000_000L, 256_000_000L, false, false, "dead-letters.jsonl"),
            (options.BatchSize, options.Readers, options.WriteBatch, options.Writers, options.MaxFileBytes, options.BufferBytes,
                options.Prune, options.AllowUrls, options.DeadLetterFile));
    }

    public static TheoryData<string, IndexingOptions> OutOfRange => new()
    {
        { "BatchSize", new() { BatchSize = 0 } },
        { "BatchSize", new() { BatchSize = 257 } },
        { "Concurrency", new() { Concurrency = 0 } },
        { "Concurrency", new() { Concurrency = 257 } },
        { "Readers", new() { Readers = 0 } },
        { "Readers", new() { Readers = 257 } },
        { "WriteBatch", new() { WriteBatch = 0 } },
        { "WriteBatch", new() { WriteBatch = 10_001 } },
        { "Writers", new() { Writers = 0 } },
        { "Writers", new() { Writers = 65 } },
        { "MaxFileBytes", new() { MaxFileBytes = 0 } },
        { "MaxFileBytes", new() { MaxFileBytes = (1L << 30) + 1, BufferBytes = 1L << 40 } },
        { "BufferBytes", new() { BufferBytes = 31_999_999 } },
        { "ProgressInterval", new() { ProgressInterval = TimeSpan.FromMilliseconds(9) } },
        { "ProgressInterval", new() { ProgressInterval = TimeSpan.FromHours(1.1) } },
        { "DeadLetterFile", new() { DeadLetterFile = " " } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void An_option_out_of_range_is_refused_by_name(string name, IndexingOptions options) =>
        Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void The_content_hash_sees_every_part_and_not_the_order_of_attributes()
    {
        var entry = Entry("""{"a":1,"b":"x"}""");
        var hash = ContentHash.Of(entry, "bytes"u8);
        Assert.Matches("^[0-9a-f]{32}$", hash);
        Assert.Equal(hash, ContentHash.Of(Entry("""{ "b" : "x", "a": 1 }"""), "bytes"u8));
        Assert.Equal(hash, ContentHash.Of(entry with { Id = "other", Line = 9, File = "elsewhere" }, "bytes"u8));
        PictureEntry[] others =
        [
            Entry("""{"a":"1","b":"x"}"""), Entry("""{"a":1}"""), Entry("""{"a":1,"c":"x"}"""),
            entry with { Caption = "d" }, entry with { Caption = null }, entry with { Path = "q" },
        ];
        string[] hashes = [hash, ContentHash.Of(entry, "byteS"u8), .. others.Select(other => ContentHash.Of(other, "bytes"u8))];
        Assert.Distinct(hashes);
    }

    [Fact]
    public async Task A_byte_budget_serves_in_order_and_grants_a_wish_larger_than_itself_when_nothing_is_out()
    {
        var budget = new ByteBudget(10);
        await budget.AcquireAsync(6, CancellationToken.None);
        var large = budget.AcquireAsync(20, CancellationToken.None).AsTask();
        var small = budget.AcquireAsync(1, CancellationToken.None).AsTask();
        await Task.Delay(20);
        Assert.False(large.IsCompleted || small.IsCompleted);       // the small one does not overtake
        budget.Release(6);
        await large;
        Assert.False(small.IsCompleted);
        budget.Release(20);
        await small;
    }

    private static PictureEntry Entry(string attributes) => new()
    {
        Id = "i",
        Path = "p",
        Caption = "c",
        Attributes = JsonDocument.Parse(attributes).RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value),
    };
}
