using System.Diagnostics;
using System.Globalization;
using Filip.Embeddings;
using Filip.Recall.Embedded;

namespace Filip.Recall.Tests.Embedded;

/// <summary>Figures, not assertions: set FILIP_SPEED to a number of pictures (100000, say) to see them.</summary>
public sealed class EmbeddedSpeed
{
    [Fact]
    public async Task Speed_of_writing_opening_and_searching()
    {
        var wanted = Environment.GetEnvironmentVariable("FILIP_SPEED");
        Assert.SkipUnless(wanted is not null, "FILIP_SPEED is not set: no figures wanted.");
        var pictures = int.Parse(wanted!, CultureInfo.InvariantCulture);
        const int Dimension = 128;
        using var folder = new ScratchFolder();
        var stamp = new IndexStamp(new string('a', 64), "speed", 8, Dimension, Embeddings.Codecs.PatchCodec.Int8, "filip-t2i");
        var clock = Stopwatch.StartNew();
        await using (var writer = EmbeddedIndex.Create(folder.Path, stamp))
        {
            foreach (var batch in Enumerable.Range(0, pictures).Chunk(500))
            {
                await writer.WriteAsync([.. batch.Select(i => Picture(i, Dimension))], CancellationToken.None);
            }

            Say($"writing {pictures}: {clock.Elapsed.TotalSeconds:F1} s");
            clock.Restart();
            Say($"complete: {await writer.CompleteAsync(CancellationToken.None)}, {clock.Elapsed.TotalSeconds:F1} s");
        }

        clock.Restart();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var index = EmbeddedIndex.Open(folder.Path);
        Say($"opening: {clock.Elapsed.TotalMilliseconds:F0} ms, {(GC.GetTotalMemory(forceFullCollection: true) - before) / pictures} bytes a picture");
        var source = new EmbeddedCandidateSource(index);
        var request = new RecallRequest { Pooled = Pooled(1, Dimension), Count = 200 };
        await Time("kNN, 200 candidates", request);
        clock.Restart();
        Say($"fields: {index.FieldNames.Count}, first filter {clock.Elapsed.TotalMilliseconds:F0} ms");
        await Time("kNN, filter n=3 (1 in 10)", request with { Filters = [new FieldFilter("n", [Testing.Contracts.ContractDocuments.Value("3")])] });
        await Time("kNN and captions", request with { LexicalText = "picture number 17" });
        clock.Restart();
        for (var i = 0; i < 100; i++)
        {
            using var lease = index.LeasePatches([.. Enumerable.Range(0, 200).Select(n => $"picture-{(n * 37 + i) % pictures:D8}")]);
        }

        Say($"200 records of 1,000 bytes: {clock.Elapsed.TotalMilliseconds / 100:F2} ms");

        async Task Time(string what, RecallRequest asked)
        {
            List<double> times = [];
            for (var i = 0; i < 40; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await source.FindAsync(asked, CancellationToken.None);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            times.Sort();
            Say($"{what}: p50 {times[20]:F2} ms, min {times[0]:F2} ms");
        }
    }

    private static void Say(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static EmbeddedPicture Picture(int number, int dimension) => new()
    {
        Id = $"picture-{number:D8}",
        ContentHash = $"{number:x64}",
        Pooled = Pooled(number, dimension),
        PatchRecord = new byte[1_000],
        Caption = $"picture number {number}",
        Attributes = Testing.Contracts.ContractDocuments.Parse($$"""{"n":{{number % 10}},"title":"t{{number}}"}"""),
    };

    private static float[] Pooled(int seed, int dimension)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
        var length = MathF.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => value / length)];
    }
}
