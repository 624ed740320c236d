using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Benchmarks.Elastic;

/// <summary>An index of random pictures on a real Elasticsearch, gone when the benchmark is done.</summary>
internal sealed class BenchmarkIndex : IAsyncDisposable
{
    private BenchmarkIndex(ElasticConnection connection, BenchmarkDocuments documents)
    {
        Connection = connection;
        Documents = documents;
    }

    public ElasticConnection Connection { get; }

    public BenchmarkDocuments Documents { get; }

    public static async Task<BenchmarkIndex> FillAsync(string url, string name, BenchmarkDocuments documents)
    {
        var connection = new ElasticConnection(ElasticAddress.Parse($"{url.TrimEnd('/')}/{name}-{Environment.ProcessId}"));
        var index = new BenchmarkIndex(connection, documents);
        try
        {
            await index.FillAsync();
            return index;
        }
        catch
        {
            await index.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in await new ElasticGenerations(Connection).ListAsync(default))
        {
            using var gone = await Connection.AskAsync(new ElasticQuestion("DELETE", name) { MayBeMissing = true }, default);
        }

        Connection.Dispose();
    }

    private async Task FillAsync()
    {
        await using var sink = await ElasticImageSink.OpenAsync(Connection, Documents.Stamp, new ElasticSinkOptions(), null, default);
        foreach (var part in Enumerable.Range(0, Documents.Count).Chunk(250))
        {
            foreach (var outcome in await sink.WriteAsync([.. part.Select(Documents.Make)], default))
            {
                if (!outcome.Written)
                {
                    throw new InvalidOperationException($"A document was refused: {outcome.Refusal}");
                }
            }
        }

        await sink.CompleteAsync(default);
    }
}
