using System.Globalization;
using System.Numerics.Tensors;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Indexer;

namespace Filip.Benchmarks.Elastic;

/// <summary>Patches a picture, values a patch, values of the pooled vector.</summary>
internal sealed record RecordShape(int Rows, int Dimension, int Pooled);

/// <summary>Pictures as a tower would give them: random unit vectors, which no codec of the server's can shrink.</summary>
internal sealed class BenchmarkDocuments
{
    private const int DifferentRecords = 256; // farther apart than any compressor's window

    private readonly byte[][] _records;
    private readonly RecordShape _shape;

    public BenchmarkDocuments(int count, RecordShape shape, PatchCodec codec = PatchCodec.Int8)
    {
        Count = count;
        _shape = shape;
        Stamp = new IndexStamp(new string('e', 64), "benchmark", shape.Dimension, shape.Pooled, codec, "filip-t2i");
        var random = new Random(1);
        _records = [.. Enumerable.Range(0, DifferentRecords).Select(_ =>
        {
            var values = new float[shape.Rows * shape.Dimension];
            for (var row = 0; row < shape.Rows; row++)
            {
                Unit(random, values.AsSpan(row * shape.Dimension, shape.Dimension));
            }

            return PatchRecord.Encode(new EmbeddingMatrix(values, shape.Dimension), codec, PatchGrid.None, Stamp.Fingerprint);
        })];
    }

    public int Count { get; }

    public IndexStamp Stamp { get; }

    public int RecordBytes => _records[0].Length;

    public static string Id(int number) => "pictures/" + number.ToString("D7", CultureInfo.InvariantCulture) + ".jpg";

    public ImageDocument Make(int number)
    {
        var pooled = new float[_shape.Pooled];
        Unit(new Random(number), pooled);
        return new ImageDocument
        {
            Id = Id(number),
            ContentHash = number.ToString("x64", CultureInfo.InvariantCulture),
            Pooled = pooled,
            PatchRecord = _records[number % DifferentRecords],
            Path = Id(number),
            Caption = string.Create(CultureInfo.InvariantCulture, $"a picture of number {number} on a background of colour {number % 17}"),
        };
    }

    private static void Unit(Random random, Span<float> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (float)(random.NextDouble() - 0.5);
        }

        TensorPrimitives.Divide(row, TensorPrimitives.Norm(row), row);
    }
}
