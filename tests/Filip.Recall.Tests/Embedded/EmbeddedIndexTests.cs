using Filip.Embeddings;
using Filip.Recall.Embedded;

namespace Filip.Recall.Tests.Embedded;

public sealed class EmbeddedIndexTests : IDisposable
{
    private static readonly IndexStamp s_stamp = new(new string('a', 64), "one", 8, 16, Embeddings.Codecs.PatchCodec.Int8, "filip-t2i");
    private readonly ScratchFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Opening_nothing_says_so()
    {
        var exception = Assert.Throws<IndexNotFoundException>(() => EmbeddedIndex.Open(Path.Combine(_folder.Path, "nowhere")));
        Assert.Contains("nowhere", exception.Message, StringComparison.Ordinal);
        Assert.False(EmbeddedIndex.Exists(_folder.Path));
    }

    [Fact]
    public void Other_peoples_files_are_not_indexed_over()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "holiday.jpg"), "");
        var exception = Assert.Throws<EmbeddedIndexException>(() => EmbeddedIndex.Create(_folder.Path, s_stamp));
        Assert.Contains("holiday.jpg", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_model_codec_or_dimension_is_refused_and_a_second_writer_too()
    {
        await using (EmbeddedIndex.Create(_folder.Path, s_stamp))
        {
            var exception = Assert.Throws<EmbeddedIndexException>(() => EmbeddedIndex.Create(_folder.Path, s_stamp));
            Assert.Contains("one writer", exception.Message, StringComparison.Ordinal);
        }

        foreach (var other in (IndexStamp[])[
            s_stamp with { Fingerprint = new string('b', 64) }, s_stamp with { PooledDimension = 32 },
            s_stamp with { Codec = Embeddings.Codecs.PatchCodec.F16 }, s_stamp with { FormatVersion = 99 }])
        {
            Assert.Throws<StampMismatchException>(() => EmbeddedIndex.Create(_folder.Path, other));
        }

        // None of the refusals kept the lock.
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        Assert.Equal(s_stamp, writer.Stamp);
    }

    [Fact]
    public async Task A_reader_sees_what_was_committed_when_it_refreshes_and_not_before()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        await writer.WriteAsync([Picture("a", 1), Picture("b", 1)], None);
        using var index = EmbeddedIndex.Open(_folder.Path);
        using var before = index.LeasePatches(["a", "b", "c"]);
        await writer.WriteAsync([Picture("a", 2), Picture("c", 1)], None);
        await writer.DeleteAsync(["b"], None);
        Assert.Equal(2, index.Count);
        Assert.True(index.Refresh());
        Assert.False(index.Refresh());
        Assert.Equal(2, index.Count);
        using var after = index.LeasePatches(["a", "b", "c"]);
        Assert.Equal([Record(1), Record(1), []], before.Records.Select(record => record.ToArray()));
        Assert.Equal([Record(2), [], Record(1)], after.Records.Select(record => record.ToArray()));
    }

    [Fact]
    public async Task Filters_and_captions_follow_a_refresh_and_a_compaction()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        await writer.WriteAsync([Picture("a", 1, """{"n":1}""", "old"), Picture("b", 1, """{"n":2}""", "words")], None);
        using var index = EmbeddedIndex.Open(_folder.Path);
        var source = new EmbeddedCandidateSource(index);
        Assert.True(await source.HasFieldAsync("n", None));
        Assert.False(await source.HasFieldAsync("m", None));
        await writer.WriteAsync([Picture("a", 2, """{"n":2,"m":true}""", "new"), Picture("c", 1, """{"n":1}""")], None);
        for (var step = 0; step < 2; step++)
        {
            index.Refresh();
            Assert.Equal(["m", "n"], index.FieldNames);
            Assert.Equal(["a", "b"], await FindAsync(source, "n", "2"));
            Assert.Equal(["c"], await FindAsync(source, "n", "1"));
            Assert.Equal(["b", "c"], await FindAsync(source, "m", "null"));
            await writer.CompactAsync(None);
        }
    }

    [Fact]
    public async Task Completing_drops_dead_bytes_when_they_are_more_than_half_and_leases_live_on()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp, new EmbeddedIndexOptions { SegmentBytes = 64 << 10 });
        var ids = Enumerable.Range(0, 100).Select(i => $"p{i}").ToArray();
        await writer.WriteAsync([.. ids.Select(id => Picture(id, 1, length: 3_000))], None);
        var whole = await writer.CompleteAsync(None);
        using var index = EmbeddedIndex.Open(_folder.Path);
        using var lease = index.LeasePatches(ids);
        await writer.DeleteAsync(ids[..40], None);
        await writer.CompleteAsync(None);
        Assert.Contains(Files(), file => file.EndsWith("patches-000002.seg", StringComparison.Ordinal));
        await writer.DeleteAsync(ids[40..80], None);
        var size = await writer.CompleteAsync(None);
        Assert.True(size.Bytes < whole.Bytes / 2, $"{size} after {whole}");
        Assert.DoesNotContain(Files(), file => file.EndsWith("patches-000002.seg", StringComparison.Ordinal));
        Assert.All(lease.Records, record => Assert.Equal(Record(1, 3_000), record.ToArray()));
        Assert.True(index.Refresh());
        using var after = index.LeasePatches(ids);
        Assert.Equal(ids.Select((_, i) => i >= 80), after.Records.Select(record => record.Span.SequenceEqual(Record(1, 3_000))));
        Assert.Empty(after.Damaged);
    }

    [Fact]
    public async Task A_released_lease_is_not_readable()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        await writer.WriteAsync([Picture("a", 1)], None);
        var index = EmbeddedIndex.Open(_folder.Path);
        var lease = index.LeasePatches(["a"]);
        var record = lease.Records[0];
        index.Dispose();
        Assert.Equal(Record(1), record.ToArray());
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => record.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => index.LeasePatches(["a"]));
    }

    [Fact]
    public async Task A_new_generation_answers_after_its_promotion_and_goes_at_a_rollback()
    {
        var other = s_stamp with { Fingerprint = new string('b', 64), ModelId = "two", PooledDimension = 4 };
        await using (var writer = EmbeddedIndex.Create(_folder.Path, s_stamp))
        {
            await writer.WriteAsync([Picture("a", 1)], None);
        }

        await using (var writer = EmbeddedGenerations.Begin(_folder.Path, other))
        {
            await writer.WriteAsync([Picture("b", 1) with { Pooled = new float[] { 1, 0, 0, 0 } }], None);
        }

        using var old = EmbeddedIndex.Open(_folder.Path);
        Assert.Equal(("gen-000001", s_stamp, false), (old.Generation, old.Stamp, old.IsSuperseded));
        Assert.Equal("gen-000002", EmbeddedGenerations.Promote(_folder.Path));
        Assert.True(old.IsSuperseded);
        using (var index = EmbeddedIndex.Open(_folder.Path))
        {
            Assert.Equal(other, index.Stamp);
            Assert.NotNull(await index.InspectAsync("b", None));
        }

        Assert.Equal("gen-000001", EmbeddedGenerations.Rollback(_folder.Path));
        Assert.False(old.IsSuperseded);
        Assert.Equal(["gen-000001", "gen-000002"], EmbeddedGenerations.List(_folder.Path));
        Assert.Throws<IndexNotFoundException>(() => EmbeddedGenerations.Promote(_folder.Path, "gen-000009"));
    }

    [Fact]
    public async Task Inspecting_says_where_a_picture_lies()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        await writer.WriteAsync([Picture("a", 7, """{"n":1}""", "words")], None);
        using var index = EmbeddedIndex.Open(_folder.Path);
        var facts = await index.InspectAsync("a", None);
        Assert.NotNull(facts);
        Assert.Equal(("7", "words", 1.0), (facts.ContentHash, facts.Fields.Caption, Math.Round(facts.PooledLength, 5)));
        Assert.True(facts.PatchPlace.Intact && facts.PooledPlace.Intact);
        Assert.Equal(100, facts.PatchPlace.Length);
        Assert.Null(await index.InspectAsync("b", None));
    }

    [Fact]
    public async Task Attributes_that_are_no_Unicode_cost_their_picture_alone_and_deep_ones_none()
    {
        // Deeper than JSON readers go by default; read with a limit of its own, as a manifest reader may.
        var deep = $"{string.Concat(Enumerable.Repeat("[", 70))}1{string.Concat(Enumerable.Repeat("]", 70))}";
        using var document = System.Text.Json.JsonDocument.Parse(deep, new System.Text.Json.JsonDocumentOptions { MaxDepth = 100 });
        var nested = Picture("deep", 1) with { Attributes = new Dictionary<string, System.Text.Json.JsonElement> { ["n"] = document.RootElement } };
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        var refusals = await writer.WriteAsync(
            [Picture("a", 1), Picture("half", 1, """{"x":"\ud800"}"""), nested, Picture("b", 1)], None);
        Assert.Equal([true, false, true, true], refusals.Select(refusal => refusal is null));
        using var index = EmbeddedIndex.Open(_folder.Path);
        var source = new EmbeddedCandidateSource(index);
        Assert.Equal(["deep"], await FindAsync(source, "n", "1"));
        Assert.Single(await source.GetFieldsAsync(["deep", "half"], None));
    }

    [Fact]
    public void Layout_options_are_checked()
    {
        Assert.Equal((1 << 30, 64L << 20), (new EmbeddedIndexOptions().SegmentBytes, new EmbeddedIndexOptions().GroupBytes));
        foreach (var options in (EmbeddedIndexOptions[])[new() { SegmentBytes = 100 }, new() { SegmentBytes = int.MaxValue }, new() { GroupBytes = 0 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedIndex.Create(_folder.Path, s_stamp, options));
        }
    }

    internal static EmbeddedPicture Picture(string id, int version, string attributes = "{}", string? caption = null, int length = 100) => new()
    {
        Id = id,
        ContentHash = $"{version}",
        Pooled = Testing.Contracts.ContractDocuments.Vector(version),
        PatchRecord = Record(version, length),
        Caption = caption,
        Attributes = Testing.Contracts.ContractDocuments.Parse(attributes),
    };

    internal static byte[] Record(int version, int length = 100) => Testing.Contracts.ContractDocuments.Record("record", version, length);

    private static async Task<IEnumerable<string>> FindAsync(EmbeddedCandidateSource source, string field, string value)
    {
        var filter = new FieldFilter(field, [Testing.Contracts.ContractDocuments.Value(value)]);
        var answer = await source.FindAsync(
            new RecallRequest { Pooled = Testing.Contracts.ContractDocuments.Vector(1), Count = 10, Filters = [filter] }, None);
        return answer.Candidates.Select(candidate => candidate.Id).Order(StringComparer.Ordinal);
    }

    private string[] Files() => Directory.GetFiles(Path.Combine(_folder.Path, "gen-000001"));
}
