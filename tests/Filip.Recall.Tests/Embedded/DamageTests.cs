using System.Globalization;
using Filip.Embeddings;
using Filip.Recall.Embedded;

namespace Filip.Recall.Tests.Embedded;

/// <summary>Files that were cut, flipped, swapped or grown: never read as a picture, never a crash of the process.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Pictures = 20;
    private static readonly IndexStamp s_stamp = new(new string('a', 64), "one", 8, 16, Embeddings.Codecs.PatchCodec.Int8, "filip-t2i");
    private readonly ScratchFolder _folder = new();

    private static int Fuzz =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : 300;

    private static string[] Ids => [.. Enumerable.Range(1, Pictures).Select(i => $"p{i}")];

    private string Generation => Path.Combine(_folder.Path, "gen-000001");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_changed_byte_is_never_read_as_a_picture()
    {
        await FillAsync();
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var files = Directory.GetFiles(Generation, "*.seg");
        for (var round = 0; round < Fuzz; round++)
        {
            var file = files[random.Next(files.Length)];
            var sound = File.ReadAllBytes(file);
            var bytes = (byte[])sound.Clone();
            switch (random.Next(4))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.AsSpan(random.Next(bytes.Length - 8), 8).Clear();
                    break;
                case 2:
                    Array.Resize(ref bytes, random.Next(bytes.Length));
                    break;
                default:
                    var (from, to) = (random.Next(bytes.Length - 100), random.Next(bytes.Length - 100));
                    sound.AsSpan(from, 100).CopyTo(bytes.AsSpan(to));
                    break;
            }

            File.WriteAllBytes(file, bytes);
            await LookAsync(sound.AsSpan().SequenceEqual(bytes), $"seed {seed}, round {round}, {Path.GetFileName(file)}");
            File.WriteAllBytes(file, sound);
        }
    }

    [Fact]
    public async Task A_cut_segment_is_refused_before_it_is_mapped_and_verify_names_it()
    {
        await FillAsync();
        var file = Path.Combine(Generation, "patches-000002.seg");
        var bytes = File.ReadAllBytes(file);
        foreach (var length in (int[])[0, 10, 64, bytes.Length - 1])
        {
            File.WriteAllBytes(file, bytes[..length]);
            var exception = Assert.Throws<InvalidDataException>(() => EmbeddedIndex.Open(_folder.Path));
            Assert.Contains($"holds {length} bytes", exception.Message, StringComparison.Ordinal);
            Assert.Contains(await VerifyAsync(), finding => finding.Code == "SEGMENT_SHORT" && finding.Level == IndexFinding.Error);
        }

        File.Delete(file);
        Assert.Throws<InvalidDataException>(() => EmbeddedIndex.Open(_folder.Path));
        Assert.Contains(await VerifyAsync(), finding => finding.Code == "SEGMENT_MISSING");
    }

    [Fact]
    public async Task A_torn_tail_is_cut_by_the_next_writer_and_harms_no_reader()
    {
        await FillAsync();
        var file = Path.Combine(Generation, "patches-000002.seg");
        var length = new FileInfo(file).Length;
        await File.AppendAllBytesAsync(file, new byte[1000]);
        File.WriteAllText(Path.Combine(Generation, "pooled-000009.seg"), "stray");
        await LookAsync(sound: true, "torn");
        Assert.Equal(["STRAY_FILE", "TORN_TAIL"], (await VerifyAsync()).Where(finding => finding.Level != IndexFinding.Info).Select(finding => finding.Code).Order());
        await using (var writer = EmbeddedIndex.Create(_folder.Path, s_stamp))
        {
            Assert.Equal(length, new FileInfo(file).Length);
            await writer.WriteAsync([EmbeddedIndexTests.Picture("new", 99)], CancellationToken.None);
        }

        Assert.DoesNotContain(await VerifyAsync(), finding => finding.Level != IndexFinding.Info);
    }

    [Fact]
    public async Task A_damaged_picture_costs_itself_and_says_so()
    {
        await FillAsync();
        Flip(Path.Combine(Generation, "pooled-000001.seg"), 64 + (16 * 4 * 3));
        Flip(Path.Combine(Generation, "patches-000002.seg"), 64 + (112 * 5));
        using var index = EmbeddedIndex.Open(_folder.Path);
        var source = new EmbeddedCandidateSource(index);
        var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 100 }, CancellationToken.None);
        Assert.Equal(Pictures - 1, answer.Candidates.Count);
        Assert.DoesNotContain(answer.Candidates, candidate => candidate.Id == "p4");
        Assert.Contains("1 pictures have a damaged pooled vector", answer.Partial, StringComparison.Ordinal);
        Assert.Equal(Pictures - 1, await source.CountAsync(CancellationToken.None));
        var logged = new Rerank.Patches.EmbeddedPatchStore(index);
        using var batch = await logged.FetchAsync(Ids, CancellationToken.None);
        Assert.Equal(["p6"], Ids.Where((_, i) => batch[i].IsEmpty));
        Assert.Equal(1, logged.DamagedRecords);
        var findings = await VerifyAsync();
        Assert.Contains(findings, finding => finding.Code == "POOLED_DAMAGED" && finding.Message.Contains("'p4'", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Code == "PATCHES_DAMAGED" && finding.Message.Contains("'p6'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_segment_of_another_index_is_refused()
    {
        await FillAsync();
        using var other = new ScratchFolder();
        await using (var writer = EmbeddedIndex.Create(other.Path, s_stamp with { Fingerprint = new string('b', 64) }))
        {
            await writer.WriteAsync([.. Ids.Select((id, i) => EmbeddedIndexTests.Picture(id, i + 100))], CancellationToken.None);
        }

        File.Copy(
            Path.Combine(other.Path, "gen-000001", "patches-000002.seg"), Path.Combine(Generation, "patches-000002.seg"), overwrite: true);
        Assert.Throws<InvalidDataException>(() => EmbeddedIndex.Open(_folder.Path));
    }

    [Fact]
    public async Task A_broken_database_or_pointer_is_an_error_with_a_sentence()
    {
        await FillAsync();
        var database = Path.Combine(Generation, "index.db");
        await File.WriteAllBytesAsync(database, new byte[5000]);
        var exception = Assert.Throws<EmbeddedIndexException>(() => EmbeddedIndex.Open(_folder.Path));
        Assert.Contains("index again", exception.Message, StringComparison.Ordinal);
        Assert.Contains(await VerifyAsync(), finding => finding.Code == "DATABASE_DAMAGED");
        File.WriteAllText(Path.Combine(_folder.Path, "CURRENT"), "../elsewhere\n");
        Assert.Throws<EmbeddedIndexException>(() => EmbeddedIndex.Open(_folder.Path));
    }

    private async Task FillAsync()
    {
        await using var writer = EmbeddedIndex.Create(_folder.Path, s_stamp);
        await writer.WriteAsync([.. Ids.Select((id, i) => EmbeddedIndexTests.Picture(id, i + 1))], CancellationToken.None);
        await writer.CompleteAsync(CancellationToken.None);
    }

    /// <summary>Whatever the index answers must be what was written, or be missing; where all is sound nothing may be missing.</summary>
    private async Task LookAsync(bool sound, string what)
    {
        try
        {
            using var index = EmbeddedIndex.Open(_folder.Path);
            using var lease = index.LeasePatches(Ids);
            var answer = await new EmbeddedCandidateSource(index).FindAsync(
                new RecallRequest { Pooled = Vector(3), Count = 100 }, CancellationToken.None);
            var missing = (Pictures - answer.Candidates.Count) + lease.Records.Count(record => record.IsEmpty);
            Assert.True(!sound || missing == 0, what);
            Assert.Equal(answer.Partial is null, answer.Candidates.Count == Pictures);
            Assert.All(Enumerable.Range(1, Pictures), i => Assert.True(
                lease.Records[i - 1].IsEmpty || lease.Records[i - 1].Span.SequenceEqual(EmbeddedIndexTests.Record(i)), what));
            Assert.All(answer.Candidates, candidate => Assert.Equal(
                System.Numerics.Tensors.TensorPrimitives.Dot(Vector(3), Vector(int.Parse(candidate.Id.AsSpan(1), CultureInfo.InvariantCulture))),
                candidate.Score));
        }
        catch (InvalidDataException)
        {
            Assert.False(sound, what);
        }
    }

    private ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync() => EmbeddedVerifier.VerifyAsync(_folder.Path, CancellationToken.None);

    private static float[] Vector(int seed) => Testing.Contracts.ContractDocuments.Vector(seed);

    private static void Flip(string file, int offset)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[offset] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }
}
