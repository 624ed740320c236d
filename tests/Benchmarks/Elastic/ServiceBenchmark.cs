using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.Extensions.Logging;

namespace Filip.Benchmarks.Elastic;

/// <summary><c>/v1/search</c> over a real Elasticsearch, by stage: what is Elasticsearch's, and what is stage two's own.</summary>
internal static class ServiceBenchmark
{
    private const int WarmUp = 30;
    private static readonly int[] s_candidates = [200, 1000];
    private static readonly string[] s_words = ["small", "yellow", "moon", "tree", "red", "boat", "tiny", "flower", "striped", "cup"];

    /// <summary>Runs <c>[--url URL] [--docs N] [--searches N] [--model DIR] [--out FILE.md]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        if ((ElasticBenchmark.Option(options, "--url") ?? Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH")) is not { } url)
        {
            Console.Error.WriteLine("Name an Elasticsearch: --url URL, or FILIP_TEST_ELASTICSEARCH.");
            return 2;
        }

        var (docs, searches) = (ElasticBenchmark.Number(options, "--docs", 20_000), ElasticBenchmark.Number(options, "--searches", 300));
        var model = ModelFolder.Load(ElasticBenchmark.Option(options, "--model") ?? "models");
        var stamp = model.StampFor(PatchCodec.Int8);
        var shape = new RecordShape(model.Manifest.Image.Rows, stamp.PatchDimension, stamp.PooledDimension);
        using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        var text = new StringBuilder();
        ElasticBenchmark.Line(text, $"# `/v1/search` over Elasticsearch, by stage");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"`dotnet run -c Release --project tests/Benchmarks -- service --docs {docs} --searches {searches}`");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"{Machine.Describe()}; Elasticsearch on the same processors, one node, int8_hnsw, load average {ElasticBenchmark.Load()}.");
        ElasticBenchmark.Line(text, $"{docs} pictures of {shape.Rows} × {shape.Dimension} patches, {searches} searches a row after {WarmUp} to warm up, one at a time, no text cache; ms, p50 / p99.");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "| codec | candidates | records | encode | recall | fetch | score | fields, rest | total | seen by the client | Elasticsearch's share | stage two's own (score) |");
        ElasticBenchmark.Line(text, "|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var codec in (PatchCodec[])[PatchCodec.Int8, PatchCodec.F16])
        {
            await using var index = await BenchmarkIndex.FillAsync(url, "service-benchmark", new BenchmarkDocuments(docs, shape, codec));
            foreach (var trips in Enum.GetValues<Trips>())
            {
                await MeasureAsync(text, index, tower, codec, trips, searches);
            }
        }

        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "Elasticsearch's share: recall, fetch (to the last byte of the records) and fields, of the total, at p50. Score: checksum, decoding and late interaction. Records come by a round trip of their own (two), with the candidates (one: their time is in recall), or from the service's memory (cached, all of them).");
        ElasticBenchmark.Line(text, $"Load average {ElasticBenchmark.Load()} at the end.");
        Console.Write(text);
        if (ElasticBenchmark.Option(options, "--out") is { } file)
        {
            await File.WriteAllTextAsync(file, text.ToString());
        }

        return 0;
    }

    private static async Task MeasureAsync(
        StringBuilder text, BenchmarkIndex index, OnnxTextEncoder tower, PatchCodec codec, Trips trips, int searches)
    {
        var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, default);
        IPatchStore store = new ElasticPatchStore(index.Connection);
        await using var patches = trips == Trips.Cached
            ? new CachingPatchStore(store, () => source.Generation, 4L << 30, TimeSpan.FromHours(1))
            : store;
        var engine = new SearchEngine(new SearchEngineParts
        {
            TextEncoder = tower,
            CandidateSource = source,
            PatchStore = patches,
            RunningStamp = index.Documents.Stamp,
            Options = new SearchOptions { TextCacheEntries = 0, Deadline = TimeSpan.FromSeconds(10), OneRoundTrip = trips == Trips.One },
        });
        await using var app = FilipServer.Create(new FilipServerOptions { Engine = engine, Url = "http://127.0.0.1:0", LogLevel = LogLevel.Warning });
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(FilipServer.UrlOf(app)) };
        foreach (var candidates in s_candidates)
        {
            List<(StageTimings Stages, double Seen)> times = [];
            if (trips == Trips.Cached)
            {
                for (var word = 0; word < s_words.Length * s_words.Length; word++)
                {
                    await AskAsync(client, word, candidates);
                }
            }

            for (var round = -WarmUp; round < searches; round++)
            {
                var asked = await AskAsync(client, round + WarmUp, candidates);
                if (round >= 0)
                {
                    times.Add(asked);
                }
            }

            Row(text, codec, candidates, trips, times);
        }
    }

    private static async Task<(StageTimings Stages, double Seen)> AskAsync(HttpClient client, int number, int candidates)
    {
        var query = $"a {s_words[number % s_words.Length]} {s_words[number / s_words.Length % s_words.Length]}";
        var start = Stopwatch.GetTimestamp();
        using var response = await client.PostAsJsonAsync(new Uri("/v1/search", UriKind.Relative), new Dictionary<string, object> { ["query"] = query, ["candidates"] = candidates });
        var body = await response.Content.ReadAsByteArrayAsync();
        var seen = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        response.EnsureSuccessStatusCode();
        var answer = JsonSerializer.Deserialize(body, SearchJson.Default.SearchAnswer)!;
        return answer.Degraded
            ? throw new InvalidOperationException($"A search was degraded ({answer.Reason}); its times mean nothing.")
            : (answer.TimingsMs, seen);
    }

    private static void Row(StringBuilder text, PatchCodec codec, int candidates, Trips trips, List<(StageTimings Stages, double Seen)> times)
    {
        static double Rest(StageTimings t) => t.Total - t.Encode - t.Recall - t.Fetch - t.Score;
        double Middle(Func<StageTimings, double> stage) => Quantile([.. times.Select(time => stage(time.Stages))], 0.5);
        string Both(Func<StageTimings, double> stage) => Pair([.. times.Select(time => stage(time.Stages))]);
        var share = Middle(t => (t.Recall + t.Fetch + Rest(t)) / t.Total);
        ElasticBenchmark.Line(
            text,
            $"| {codec.ToString().ToLowerInvariant()} | {candidates} | {Name(trips)} | {Both(t => t.Encode)} | {Both(t => t.Recall)} | {Both(t => t.Fetch)} | {Both(t => t.Score)} | {Both(Rest)} | {Both(t => t.Total)} | {Pair([.. times.Select(time => time.Seen)])} | {100 * share:0} % | {100 * Middle(t => t.Score / t.Total):0} % |");
    }

    private static string Name(Trips trips) => trips switch
    {
        Trips.Two => "two trips",
        Trips.One => "one trip",
        _ => "cached",
    };

    private static string Pair(List<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{Quantile(values, 0.5):0.0} / {Quantile(values, 0.99):0.0}");

    private static double Quantile(List<double> values, double part) => values.Order().ElementAt((int)(part * (values.Count - 1)));

    private enum Trips
    {
        Two,
        One,
        Cached,
    }
}
