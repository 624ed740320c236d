using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Benchmarks.Elastic;

/// <summary>Documents a second through the sink, and of bodies that lie ready, posted by a bare HttpClient.</summary>
internal static class BulkComparison
{
    private const int Callers = 4;
    private const int CallSize = 500;
    private static readonly int[] s_megabytes = [2, 8, 16];

    public static async Task<string> RunAsync(string url, BenchmarkDocuments documents, int rounds)
    {
        var text = new StringBuilder();
        long peak;
        using (var watch = new PeakMemory())
        {
            await RoundAsync($"{url}-warm", documents, static (connection, sink, all) => ThroughSinkAsync(sink, all), keep: false);
            peak = watch.Peak;
        }

        // Which plain client is the best is not known before: a few, of which the best counts.
        (int Megabytes, List<byte[]> Bodies, List<double> Rates)[] plain = [.. s_megabytes.Select(megabytes => (megabytes, Bodies(documents, megabytes << 20), new List<double>()))];
        List<double> sink = [];
        var kept = (Size: 0.0, Merged: 0.0);
        for (var round = 0; round < rounds; round++)
        {
            // Each goes first in turn: the server's own merges fall on whoever comes after.
            for (var turn = 0; turn <= plain.Length; turn++)
            {
                var arm = (round + turn) % (plain.Length + 1);
                if (arm == plain.Length)
                {
                    var keep = round == rounds - 1;
                    var (seconds, size, merged) = await RoundAsync(
                        keep ? $"{url}-kept" : $"{url}-a{round}", documents, static (connection, sink, all) => ThroughSinkAsync(sink, all), keep);
                    sink.Add(documents.Count / seconds);
                    kept = keep ? (size, merged) : kept;
                }
                else
                {
                    var (seconds, _, _) = await RoundAsync(
                        $"{url}-b{round}-{arm}", documents, (connection, made, _) => BareAsync(connection, made, plain[arm].Bodies), keep: false);
                    plain[arm].Rates.Add(documents.Count / seconds);
                }
            }
        }

        var best = plain.MaxBy(arm => ElasticBenchmark.Median(arm.Rates));
        var ratio = ElasticBenchmark.Median(sink.Zip(best.Rates, (left, right) => left / right));
        ElasticBenchmark.Line(text, "## Bulk");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "| | documents a second, median (best) |");
        ElasticBenchmark.Line(text, "|---|---|");
        ElasticBenchmark.Line(text, $"| through ElasticImageSink, from vectors and records, {Callers} callers | {ElasticBenchmark.Median(sink):0} ({sink.Max():0}) |");
        foreach (var (megabytes, bodies, rates) in plain)
        {
            ElasticBenchmark.Line(text, $"| bare HttpClient, {bodies.Count} bodies of {megabytes} MB that lie ready, {Callers} at once | {ElasticBenchmark.Median(rates):0} ({rates.Max():0}) |");
        }

        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"Sink to the best bare client ({best.Megabytes} MB), round by round, median of {rounds}: **{ratio:0.00}**. The sink's process grew by {peak / 1e6:0} MB at most while it wrote {documents.Count} pictures (all of them as JSON would be {best.Bodies.Sum(body => (long)body.Length) / 1e6:0} MB).");
        ElasticBenchmark.Line(text, $"On disk, primaries: {kept.Size:0} B a picture after the load, {kept.Merged:0} B after a minute and a merge to one segment.");
        ElasticBenchmark.Line(text, "");
        return text.ToString();
    }

    private static async Task<(double Seconds, double Size, double Merged)> RoundAsync(
        string url, BenchmarkDocuments documents, Func<ElasticConnection, ElasticImageSink, BenchmarkDocuments, Task> write, bool keep)
    {
        using var connection = new ElasticConnection(
            ElasticAddress.Parse(url), options: new ElasticOptions { RequestTimeout = TimeSpan.FromMinutes(10) });
        await using var sink = await ElasticImageSink.OpenAsync(connection, documents.Stamp, new ElasticSinkOptions(), null, default);
        var start = Stopwatch.GetTimestamp();
        await write(connection, sink, documents);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var summary = await sink.CompleteAsync(default);
        if (summary.Pictures != documents.Count)
        {
            throw new InvalidOperationException($"{summary.Pictures} of {documents.Count} pictures arrived.");
        }

        var merged = 0.0;
        if (keep)
        {
            // A merge drops the copy of _source that is kept for recovery, but only once the primary's lease, renewed twice a minute, has passed it.
            using var flush = await connection.AskAsync(new ElasticQuestion("POST", sink.Generation + "/_flush"), default);
            await Task.Delay(TimeSpan.FromSeconds(65));
            using var force = await connection.AskAsync(new ElasticQuestion("POST", sink.Generation + "/_forcemerge?max_num_segments=1"), default);
            using var refresh = await connection.AskAsync(new ElasticQuestion("POST", sink.Generation + "/_refresh"), default);
            merged = (double)(await ElasticIndexSize.AskAsync(connection, sink.Generation, default)).Bytes / documents.Count;
        }
        else
        {
            using var gone = await connection.AskAsync(new ElasticQuestion("DELETE", sink.Generation), default);
        }

        return (seconds, summary.BytesPerPicture, merged);
    }

    private static Task ThroughSinkAsync(ElasticImageSink sink, BenchmarkDocuments documents) => Parallel.ForEachAsync(
        Enumerable.Range(0, documents.Count).Chunk(CallSize), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (numbers, stop) =>
        {
            var outcomes = await sink.WriteAsync([.. numbers.Select(documents.Make)], stop);
            if (outcomes.FirstOrDefault(outcome => !outcome.Written) is { Refusal: { } refusal })
            {
                throw new InvalidOperationException(refusal);
            }
        });

    private static async Task BareAsync(ElasticConnection connection, ElasticImageSink sink, List<byte[]> bodies)
    {
        using var client = new HttpClient();
        var target = new Uri(connection.Address.Nodes[0], sink.Generation + "/_bulk?filter_path=errors");
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (body, stop) =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await client.PostAsync(target, content, stop);
            var said = await answer.Content.ReadAsStringAsync(stop);
            if (!said.Contains("\"errors\":false", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(said[..Math.Min(500, said.Length)]);
            }
        });
    }

    private static List<byte[]> Bodies(BenchmarkDocuments documents, int bytes)
    {
        List<byte[]> bodies = [];
        using var body = new MemoryStream();
        for (var number = 0; number < documents.Count; number++)
        {
            body.Write(BulkDocument.Index(documents.Make(number), base64Vectors: true).Lines.Span);
            if (body.Length >= bytes || number == documents.Count - 1)
            {
                bodies.Add(body.ToArray());
                body.SetLength(0);
            }
        }

        return bodies;
    }

    // How far the resident memory rises over what it was at the beginning.
    private sealed class PeakMemory : IDisposable
    {
        private readonly long _before;
        private readonly Timer _timer;
        private long _peak;

        public PeakMemory()
        {
            GC.Collect();
            _before = Resident();
            _timer = new Timer(_ => _peak = Math.Max(_peak, Resident() - _before), null, 0, 20);
        }

        public long Peak => _peak;

        public void Dispose() => _timer.Dispose();

        private static long Resident() => Environment.WorkingSet;
    }
}
