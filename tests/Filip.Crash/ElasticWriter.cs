using Filip.Embeddings;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Crash;

/// <summary>Writes pictures into an index on Elasticsearch until it is done or killed.</summary>
public static class ElasticWriter
{
    /// <summary>Small bodies, so that a call is several bulks and a kill falls between them.</summary>
    public static ElasticSinkOptions Options { get; } = new()
    {
        Index = new ElasticIndexOptions { VectorIndex = "flat" },
        Bulk = new BulkOptions { MostBodyBytes = 64 * 1024 },
    };

    public static IndexStamp Stamp => CrashPictures.Stamp;

    public static ImageDocument Make(int number)
    {
        var picture = CrashPictures.Make(number);
        return new ImageDocument
        {
            Id = picture.Id,
            ContentHash = picture.ContentHash,
            Pooled = picture.Pooled,
            PatchRecord = picture.PatchRecord,
            Caption = picture.Caption,
        };
    }

    public static async Task RunAsync(string url, int first, int count)
    {
        using var connection = new ElasticConnection(ElasticAddress.Parse(url), new ElasticCredentials());
        await using var sink = await ElasticImageSink.OpenAsync(connection, Stamp, Options, null, CancellationToken.None);
        var random = new Random(first);
        for (var next = first; next < first + count;)
        {
            var size = Math.Min(random.Next(1, CrashPictures.Ids), first + count - next);
            var outcomes = await sink.WriteAsync([.. Enumerable.Range(next, size).Select(Make)], CancellationToken.None);
            for (var i = 0; i < size; i++)
            {
                Console.WriteLine(outcomes[i].Written ? $"ack {next + i}" : $"refused {outcomes[i].Refusal}");
            }

            Console.Out.Flush();
            next += size;
        }

        await sink.CompleteAsync(CancellationToken.None);
        Console.WriteLine("complete");
    }
}
