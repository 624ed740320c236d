using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;
using Filip.Testing;

namespace Filip.Elastic.Tests.Nodes;

/// <summary>Three nodes, one replica: pictures are written and searched while nodes are killed with -9, one after another.</summary>
[Collection(ThreeNodes.Collection)]
public sealed class NodeKillTests(ThreeNodes nodes)
{
    private const string Index = "survivors";
    private const int Batch = 40;
    private const int LeastBetween = 400;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_NODE_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 2;

    [Fact]
    public async Task Nodes_killed_again_and_again_cost_no_acknowledged_picture_and_next_to_no_search()
    {
        await nodes.NeedAsync();
        var model = ModelFolder.Load(GoldenFiles.Models);
        using var connection = nodes.Connect(Index);
        var pictures = new Pictures(connection, model.StampFor(PatchCodec.Int8));
        await pictures.WriteAsync(10, complete: true, Stop);
        await using var served = await ServedCluster.StartAsync($"{connection.Address}");
        await served.WaitAsync(HttpStatusCode.OK, s_patience);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = pictures.WriteAsync(int.MaxValue, complete: false, enough.Token);
        var searching = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => served.SearchAsync(enough.Token), Stop)));
        for (var round = 0; round < Rounds; round++)
        {
            var (victim, since, before) = (1 + (round % 3), Stopwatch.GetTimestamp(), pictures.Acknowledged);
            await nodes.KillAsync(victim);
            await pictures.WaitAsync(before + LeastBetween, writing, s_patience);
            Say($"round {round + 1}: node {victim} killed; {LeastBetween} pictures more after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
            await nodes.RestartAsync(victim);
            await nodes.WaitAsync("green", s_patience);
            Say($"round {round + 1}: all copies there again after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        }

        await enough.CancelAsync();
        await writing;
        Report(await searching);
        foreach (var stage in (string[])["encode", "recall", "fetch", "score", "total"])
        {
            var label = $"stage=\"{stage}\"";
            var (sum, count) = (await served.MetricAsync("filip_stage_duration_seconds_sum", label), await served.MetricAsync("filip_stage_duration_seconds_count", label));
            Say($"  {stage}: {1000 * sum / count:F1} ms on average");
        }

        await pictures.ExpectAllAsync();
        await ExpectRecoveryIsSeenAsync(served);
        await pictures.ExpectAllAsync();
    }

    // Two of three nodes hold every copy of some shard: without them the service must say so, and say when it is over.
    private async Task ExpectRecoveryIsSeenAsync(ServedCluster served)
    {
        await served.WaitForMetricAsync("filip_ready", 1, s_patience);
        await Task.WhenAll(nodes.KillAsync(2), nodes.KillAsync(3));
        var reason = await served.WaitAsync(HttpStatusCode.ServiceUnavailable, s_patience);
        Assert.Contains("NOT_READY", reason, StringComparison.Ordinal);
        Assert.NotEmpty(JsonElement.Parse(reason).GetProperty("detail").GetString()!);
        await served.WaitForMetricAsync("filip_ready", 0, s_patience);
        Say($"two nodes away: /health/ready says {reason}");

        await Task.WhenAll(nodes.RestartAsync(2), nodes.RestartAsync(3));
        await served.WaitAsync(HttpStatusCode.OK, s_patience);
        await served.WaitForMetricAsync("filip_ready", 1, s_patience);
        var unreachable = await served.MetricAsync("filip_elasticsearch_requests_total", "outcome=\"unreachable\"");
        var retries = await served.MetricAsync("filip_elasticsearch_retries_total");
        Say($"ready again; the service's tries that reached nobody: {unreachable}, sent again: {retries}");
        Assert.True(unreachable > 0);
        Assert.True(retries > 0);
    }

    private static void Report(Searches[] all)
    {
        var (asked, first, twice, degraded) = (all.Sum(one => one.Asked), all.Sum(one => one.FailedFirst), all.Sum(one => one.FailedTwice), all.Sum(one => one.Degraded));
        Say($"searches: {asked}, failed at first {first}, failed after one retry {twice}, reported as degraded {degraded}");
        foreach (var reason in all.SelectMany(one => one.Reasons).GroupBy(reason => reason[..Math.Min(200, reason.Length)]))
        {
            Say($"  {reason.Count()} x {reason.Key}");
        }

        Assert.True(asked > 50, $"Only {asked} searches were made.");
        Assert.True(twice <= asked / 1000.0, $"{twice} of {asked} searches failed even after a retry; at most 0.1 % may.");
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Writes numbered pictures through the sink, some ids again with other contents, and knows what was acknowledged.</summary>
    private sealed class Pictures(ElasticConnection connection, IndexStamp stamp)
    {
        private static readonly ElasticSinkOptions s_options = new() { Index = new ElasticIndexOptions { VectorIndex = "flat", Shards = 6 } };

        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

        private readonly ConcurrentDictionary<string, string> _newest = new(StringComparer.Ordinal);
        private int _next;
        private int _acknowledged;

        public int Acknowledged => Volatile.Read(ref _acknowledged);

        public async Task WriteAsync(int batches, bool complete, CancellationToken enough)
        {
            await using var sink = await ElasticImageSink.OpenAsync(connection, stamp, s_options, null, Stop);
            for (var batch = 0; batch < batches && !enough.IsCancellationRequested; batch++)
            {
                ImageDocument[] documents = [.. Enumerable.Range(_next, Batch).Select(Make)];
                _next += Batch;
                foreach (var (document, outcome) in documents.Zip(await sink.WriteAsync(documents, Stop)))
                {
                    Assert.True(outcome.Written, outcome.Refusal);
                    _newest[document.Id] = document.ContentHash;
                }

                Interlocked.Add(ref _acknowledged, Batch);
                await Task.Delay(s_pause, Stop); // a load, not a flood: the nodes that start need the processors too
            }

            if (complete)
            {
                await sink.CompleteAsync(Stop);
            }
        }

        public async Task WaitAsync(int acknowledged, Task writing, TimeSpan patience)
        {
            var until = DateTime.UtcNow + patience;
            while (Acknowledged < acknowledged)
            {
                if (writing.IsCompleted)
                {
                    await writing; // says why
                }

                Assert.True(DateTime.UtcNow < until, $"{Acknowledged} pictures were acknowledged, expected {acknowledged} within {patience}.");
                await Task.Delay(50, Stop);
            }
        }

        public async Task ExpectAllAsync()
        {
            await using var sink = await ElasticImageSink.OpenAsync(connection, stamp, s_options, null, Stop);
            var found = await sink.GetContentHashesAsync([.. _newest.Keys], Stop);
            Assert.Equal(_newest.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
            Assert.Equal(_newest.Count, (await sink.CompleteAsync(Stop)).Pictures);
            await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
            Assert.Equal(_newest.Count, await source.CountAsync(Stop));
            var listed = new List<string>();
            await foreach (var id in sink.ListIdsAsync(Stop))
            {
                listed.Add(id);
            }

            Assert.Equal(_newest.Keys.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            Say($"pictures: {Acknowledged} acknowledged, {_newest.Count} ids; each there once, with its newest content");
        }

        // Every tenth is an id that was written before, with other contents.
        private ImageDocument Make(int number)
        {
            var random = new Random(number);
            var id = number % 10 == 9 ? random.Next(number / 2) * 10 % Math.Max(number, 1) : number;
            return new ImageDocument
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"p{id}"),
                ContentHash = string.Create(CultureInfo.InvariantCulture, $"{number}"),
                Pooled = Unit(random, stamp.PooledDimension),
                PatchRecord = PatchRecord.Encode(
                    new EmbeddingMatrix(Enumerable.Range(0, 4).SelectMany(_ => Unit(random, stamp.PatchDimension)).ToArray(), stamp.PatchDimension),
                    stamp.Codec, PatchGrid.None, stamp.Fingerprint),
            };
        }

        private static float[] Unit(Random random, int dimension)
        {
            var row = Enumerable.Range(0, dimension).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
            var length = MathF.Sqrt(row.Sum(value => value * value));
            return [.. row.Select(value => value / length)];
        }
    }
}
