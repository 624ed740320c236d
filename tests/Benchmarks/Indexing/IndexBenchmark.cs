using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;
using Filip.Indexer.Embedded;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Recall.Embedded;

namespace Filip.Benchmarks.Indexing;

/// <summary>Pictures a second of the whole job into an embedded index, beside those of the bare tower on ready tensors.</summary>
/// <remarks>
/// Both in one run and in turns, round by round (the job takes one shard of the pictures a round), because the machine is
/// not always as fast: what counts is the median of the rounds' ratios. The pictures are the samples, each with a comment
/// of its own in the file, so that all differ.
/// </remarks>
internal static class IndexBenchmark
{
    private const int BatchSize = 8;

    public static async Task<int> RunAsync(string[] args)
    {
        var count = Option(args, "--pictures", 10_000);
        var callers = Option(args, "--concurrency", Environment.ProcessorCount);
        var rounds = Option(args, "--rounds", 10);
        var repository = FindRepository();
        var scratch = Directory.CreateTempSubdirectory("filip-index-benchmark-").FullName;
        try
        {
            var samples = Directory.GetFiles(Path.Combine(repository, "samples", "pictures"), "*.jpg").Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes).ToArray();
            MakePictures(samples, count, Path.Combine(scratch, "pictures"));
            var folder = ModelFolder.Load(Path.Combine(repository, "models"));
            using var tower = folder.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu, Callers = callers });
            var preprocessor = folder.CreatePreprocessor();
            var tensors = Prepare(samples, preprocessor, tower.PixelsPerPicture);

            BareTower(tower, tensors, callers, count / rounds);        // warm
            var stamp = folder.StampFor(PatchCodec.F16);
            var model = new IndexingModel(tower, preprocessor, folder.Grid);
            var turns = new List<(double Tower, IndexingSummary Job)>();
            IndexingSummary idle;
            await using (var sink = new EmbeddedImageSink(EmbeddedIndex.Create(Path.Combine(scratch, "index"), stamp)))
            {
                for (var round = 1; round <= rounds; round++)
                {
                    var bare = BareTower(tower, tensors, callers, count / rounds);
                    turns.Add((bare, await JobAsync(scratch, model, sink, callers, new Shard(round, rounds))));
                }

                idle = await JobAsync(scratch, model, sink, callers, Shard.Whole);
            }

            var ratios = turns.Select(turn => 100 * turn.Job.PicturesPerSecond / turn.Tower).Order().ToList();
            var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                {Environment.ProcessorCount} cores, {callers} callers, batches of {BatchSize}, {count} pictures of 192 x 192 (JPEG), {rounds} rounds in turns
                bare tower, ready tensors   {Median(turns.Select(turn => turn.Tower)),8:F1} pictures/s (median)
                whole job, embedded index   {Median(turns.Select(turn => turn.Job.PicturesPerSecond)),8:F1} pictures/s (median)
                job of tower, round by round {Median(ratios),7:F1} % (median; {ratios[0]:F1} to {ratios[^1]:F1})
                the same again, unchanged   {idle.PicturesPerSecond,8:F1} pictures/s
                bytes a picture             {turns[^1].Job.BytesPerPicture,8:F0}
                peak memory                 {peak,8:F0} MB
                """));
            return turns.Sum(turn => turn.Job.Indexed) == count && idle.Unchanged == count ? 0 : 1;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static Task<IndexingSummary> JobAsync(
        string scratch, IndexingModel model, EmbeddedImageSink sink, int callers, Shard shard)
    {
        var options = new IndexingOptions
        {
            BatchSize = BatchSize,
            Concurrency = callers,
            Shard = shard,
            DeadLetterFile = Path.Combine(scratch, "dead-letters.jsonl"),
        };
        return new IndexingJob(new FolderSource(Path.Combine(scratch, "pictures")), model, sink, options).RunAsync();
    }

    private static double BareTower(OnnxImageEncoder tower, float[][] tensors, int callers, int pictures)
    {
        var next = 0;
        var batches = (pictures + BatchSize - 1) / BatchSize;
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, callers).Select(_ => new Thread(() =>
        {
            int batch;
            while ((batch = Interlocked.Increment(ref next)) <= batches)
            {
                tower.EncodeAsync(tensors[batch % tensors.Length], BatchSize, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return batches * BatchSize / clock.Elapsed.TotalSeconds;
    }

    private static float[][] Prepare(byte[][] samples, PicturePreprocessor preprocessor, int pixels) =>
        [.. samples.Chunk(BatchSize).Where(chunk => chunk.Length == BatchSize).Take(16).Select(chunk =>
        {
            var tensor = new float[BatchSize * pixels];
            for (var i = 0; i < chunk.Length; i++)
            {
                preprocessor.Prepare(PictureDecoder.Decode(chunk[i]), tensor.AsSpan(i * pixels, pixels));
            }

            return tensor;
        })];

    /// <summary>The same pixels with a comment segment after the start marker: other bytes, so another content hash.</summary>
    private static void MakePictures(byte[][] samples, int count, string folder)
    {
        for (var i = 0; i < count; i++)
        {
            var inside = Path.Combine(folder, $"{i / 1000:D4}");
            Directory.CreateDirectory(inside);
            var comment = new byte[8] { 0xFF, 0xFE, 0, 6, 0, 0, 0, 0 };
            BinaryPrimitives.WriteInt32BigEndian(comment.AsSpan(4), i);
            var sample = samples[i % samples.Length];
            File.WriteAllBytes(Path.Combine(inside, $"{i:D7}.jpg"), [.. sample.AsSpan(0, 2), .. comment, .. sample.AsSpan(2)]);
        }
    }

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Filip.Hybrid.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Filip.Hybrid.sln above the benchmark's own folder.");
        }

        return folder.FullName;
    }
}
