using System.Globalization;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests.Stub;

/// <summary>Pictures and pump for tests against the stub.</summary>
internal static class StubDocuments
{
    public static IndexStamp Stamp { get; } = new(new string('b', 64), "stub", 8, 4, PatchCodec.F32, "filip-t2i");

    public static ImageDocument Make(int number, int recordLength = 200) => new()
    {
        Id = $"p{number.ToString(CultureInfo.InvariantCulture)}",
        ContentHash = number.ToString("x", CultureInfo.InvariantCulture),
        Pooled = new float[] { 1, 0, 0, 0 },
        PatchRecord = new byte[recordLength],
    };

    public static int NumberOf(string id) => int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>A sink whose pauses are a test's.</summary>
    public static ValueTask<ElasticImageSink> OpenAsync(ElasticConnection connection, TimeSpan? patience = null) => ElasticImageSink.OpenAsync(
        connection, Stamp,
        new ElasticSinkOptions
        {
            Bulk = new BulkOptions
            {
                MostBodyBytes = 64 * 1024,
                MostBytesInFlight = 512 * 1024,
                FirstPause = TimeSpan.FromMilliseconds(1),
                LongestPause = TimeSpan.FromMilliseconds(20),
                Patience = patience ?? TimeSpan.FromMinutes(1),
            },
        },
        null, CancellationToken.None);
}
