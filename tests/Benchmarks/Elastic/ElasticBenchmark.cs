using System.Globalization;
using System.Text;
using Filip.Recall.Elastic;

namespace Filip.Benchmarks.Elastic;

/// <summary>A real Elasticsearch: bulk through the sink beside bare posts of ready bodies, and four ways to fetch patches, in turns.</summary>
internal static class ElasticBenchmark
{
    public static async Task<int> RunAsync(string[] options)
    {
        var url = Option(options, "--url") ?? Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH");
        if (url is null)
        {
            Console.Error.WriteLine("Name a server: --url http://127.0.0.1:9200, or FILIP_TEST_ELASTICSEARCH.");
            return 2;
        }

        var count = Number(options, "--docs", 20_000);
        var rounds = Number(options, "--rounds", 3);
        var shape = new RecordShape(Number(options, "--rows", 144), Number(options, "--dimension", 64), Number(options, "--pooled", 128));
        var documents = new BenchmarkDocuments(count, shape);
        var base_ = $"{url.TrimEnd('/')}/bench{Environment.ProcessId}";
        var text = new StringBuilder();
        Line(text, $"# Elasticsearch: {count} pictures of {shape.Rows} × {shape.Dimension} int8 patches ({documents.RecordBytes} B a record), {shape.Pooled} pooled values");
        Line(text, "");
        using (var connection = new ElasticConnection(ElasticAddress.Parse($"{base_}-0")))
        {
            var server = await ElasticServer.AskAsync(connection, default);
            Line(text, $"{Machine.Describe()}; Elasticsearch {server.Number}, one node on the same processors, int8_hnsw, 1 shard, no replica; load average {Load()} at the start.");
        }

        Line(text, "");
        text.Append(await BulkComparison.RunAsync(base_, documents, rounds));
        text.Append(await PatchFetchComparison.RunAsync(base_ + "-kept", documents, Math.Max(5, rounds * 5)));
        Line(text, $"Load average {Load()} at the end. Times are of a shared machine: only ratios within one table mean something.");
        Console.Write(text);
        if (Option(options, "--out") is { } file)
        {
            await File.WriteAllTextAsync(file, text.ToString());
        }

        return 0;
    }

    internal static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    internal static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    internal static string? Option(string[] options, string name) =>
        Array.IndexOf(options, name) is >= 0 and var at && at + 1 < options.Length ? options[at + 1] : null;

    internal static int Number(string[] options, string name, int otherwise) =>
        Option(options, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
