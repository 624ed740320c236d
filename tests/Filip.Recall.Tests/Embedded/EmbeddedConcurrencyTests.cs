using Filip.Embeddings;
using Filip.Recall.Embedded;

namespace Filip.Recall.Tests.Embedded;

/// <summary>Readers beside a writer that replaces, deletes and compacts.</summary>
public sealed class EmbeddedConcurrencyTests : IDisposable
{
    private const int Ids = 30;
    private const int Versions = 40;
    private static readonly IndexStamp s_stamp = new(new string('a', 64), "one", 8, 16, Embeddings.Codecs.PatchCodec.Int8, "filip-t2i");
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readers_see_whole_pictures_of_one_state_while_a_writer_compacts()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp, new EmbeddedIndexOptions { SegmentBytes = 64 << 10 });
        await WriteAsync(writer, 1);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(n => Task.Run(() => ReadAsync(n, stop.Token))).ToArray();
        for (var version = 2; version <= Versions; version++)
        {
            await WriteAsync(writer, version);
            if (version % 5 == 0)
            {
                await writer.CompactAsync(CancellationToken.None);
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), seen => Assert.True(seen > 0));
        Assert.Equal(Ids, (await writer.CompleteAsync(CancellationToken.None)).Pictures);
    }

    private static async Task WriteAsync(EmbeddedIndexWriter writer, int version) => await writer.WriteAsync(
        [.. Enumerable.Range(0, Ids).Select(i => EmbeddedIndexTests.Picture($"p{i}", version, $$"""{"v":{{version}}}""", "words", 2_000))],
        CancellationToken.None);

    private async Task<int> ReadAsync(int reader, CancellationToken stop)
    {
        using var index = EmbeddedIndex.Open(_folder.Path);
        var source = new EmbeddedCandidateSource(index);
        var ids = Enumerable.Range(0, Ids).Select(i => $"p{i}").ToArray();
        var records = Enumerable.Range(1, Versions).Select(version => EmbeddedIndexTests.Record(version, 2_000)).ToArray();
        var seen = 0;
        var last = 0;
        do
        {
            index.Refresh();
            using var lease = index.LeasePatches(ids);
            var version = Array.FindIndex(records, record => record.AsSpan().SequenceEqual(lease.Records[0].Span)) + 1;
            Assert.True(version >= last, $"version {version} after {last}");

            // One transaction wrote all pictures of a version: a reader sees all of it or none.
            Assert.All(lease.Records, record => Assert.True(record.Span.SequenceEqual(records[version - 1])));
            Assert.Empty(lease.Damaged);
            var filter = new FieldFilter("v", [Testing.Contracts.ContractDocuments.Value($"{version}")]);
            var answer = await source.FindAsync(
                new RecallRequest
                {
                    Pooled = Testing.Contracts.ContractDocuments.Vector(reader),
                    Count = 100,
                    Filters = [filter],
                    LexicalText = "words",
                },
                CancellationToken.None);
            Assert.Equal((Ids, null), (answer.Candidates.Count, answer.Partial));
            last = version;
            seen++;
        }
        while (!stop.IsCancellationRequested);

        return seen;
    }
}
