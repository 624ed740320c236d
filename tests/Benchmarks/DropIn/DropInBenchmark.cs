using System.Diagnostics;
using System.Globalization;
using System.Text;
using Filip.Benchmarks.Elastic;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Recall.Elastic;
using Filip.Rerank.DropIn;
using Filip.Rerank.Elastic;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.Extensions.Logging;

namespace Filip.Benchmarks.DropIn;

/// <summary>What the drop-in route adds to a search: passed on without the member, and re-ranked with it; one search at a time.</summary>
internal static class DropInBenchmark
{
    /// <summary>Runs <c>[--url URL] [--docs N] [--searches N] [--model DIR] [--out FILE.md]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        if ((Text(options, "--url") ?? Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH")) is not { } url)
        {
            Console.Error.WriteLine("Name an Elasticsearch: --url URL, or FILIP_TEST_ELASTICSEARCH.");
            return 2;
        }

        var (docs, searches) = (Number(options, "--docs", 2000), Number(options, "--searches", 300));
        var model = ModelFolder.Load(Text(options, "--model") ?? "models");
        var stamp = model.StampFor(Filip.Embeddings.Codecs.PatchCodec.Int8);
        var documents = new BenchmarkDocuments(
            docs, new RecordShape(model.Manifest.Image.Rows, stamp.PatchDimension, stamp.PooledDimension));
        await using var index = await BenchmarkIndex.FillAsync(url, "dropin-benchmark", documents);
        using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        var engine = new SearchEngine(new SearchEngineParts
        {
            TextEncoder = tower,
            CandidateSource = await ElasticCandidateSource.OpenAsync(index.Connection, null, default),
            PatchStore = new ElasticPatchStore(index.Connection),
            RunningStamp = documents.Stamp,
            Options = new SearchOptions { Deadline = TimeSpan.FromSeconds(10) },
        });
        await using var app = FilipServer.Create(new FilipServerOptions { Engine = engine, Url = "http://127.0.0.1:0", LogLevel = LogLevel.Warning });
        app.MapDropIn(new DropInOptions { Address = index.Connection.Address });
        await app.StartAsync();
        var table = await MeasureAsync(url.TrimEnd('/'), FilipServer.UrlOf(app), index.Connection.Address.Index, searches, documents);
        Console.Write(table);
        if (Text(options, "--out") is { } file)
        {
            await File.WriteAllTextAsync(file, table);
        }

        return 0;
    }

    private static async Task<string> MeasureAsync(string direct, string service, string index, int searches, BenchmarkDocuments documents)
    {
        using var client = new HttpClient();
        var arms = new (string Name, string Url, string Member)[]
        {
            ("Elasticsearch alone", direct, ""),
            ("through the route, without the member", service, ""),
            ("with the member, window 20", service, ""","filip":{"query":"a yellow flower","window":20}"""),
            ("with the member, window 200", service, ""","filip":{"query":"a yellow flower","window":200}"""),
        };
        var (random, order) = (new Random(1), Enumerable.Range(0, arms.Length).ToArray());
        var times = arms.Select(_ => new List<double>()).ToArray();
        for (var round = -30; round < searches; round++)
        {
            // In another order each time: whoever comes after a large answer finds other caches than whoever comes first.
            random.Shuffle(order);
            foreach (var at in order)
            {
                var body = $$$"""{"query":{"match":{"caption":"picture {{{round + 31}}}"}},"size":10{{{arms[at].Member}}}}""";
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                var start = Stopwatch.GetTimestamp();
                using var answer = await client.PostAsync(new Uri($"{arms[at].Url.TrimEnd('/')}/{index}/_search"), content);
                var text = await answer.Content.ReadAsStringAsync();
                var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (!answer.IsSuccessStatusCode || text.Contains("\"degraded\":true", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"A search failed or was degraded, its time means nothing: {text}");
                }

                if (round >= 0)
                {
                    times[at].Add(took);
                }
            }
        }

        var table = new StringBuilder();
        table.AppendLine(Machine.Describe());
        table.AppendLine(
            CultureInfo.InvariantCulture,
            $"{documents.Count} documents, patch records of {documents.RecordBytes} bytes, {searches} searches an arm, in random order by rounds, after 30 to warm up; ms; added: the median of the differences by round");
        table.AppendLine().AppendLine("| search | p50 | p99 | p50 added |").AppendLine("|---|---|---|---|");
        for (var at = 0; at < arms.Length; at++)
        {
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {arms[at].Name} | {Quantile(times[at], 0.5):F2} | {Quantile(times[at], 0.99):F2} | {Quantile([.. times[at].Zip(times[0], (with, without) => with - without)], 0.5):F2} |");
        }

        return table.ToString();
    }

    private static double Quantile(List<double> times, double part) => times.Order().ElementAt((int)(part * (times.Count - 1)));

    private static int Number(string[] options, string name, int otherwise) =>
        Text(options, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] options, string name)
    {
        var at = Array.IndexOf(options, name);
        return at >= 0 && at + 1 < options.Length ? options[at + 1] : null;
    }
}
