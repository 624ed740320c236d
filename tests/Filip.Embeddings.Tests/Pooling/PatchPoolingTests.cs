using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pooling;

namespace Filip.Embeddings.Tests.Pooling;

/// <summary>Several vectors of a picture, against a plain twin in double precision and against what must always hold.</summary>
public sealed class PatchPoolingTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 2 }, { 2, 3, 2 }, { 3, 8, 4 }, { 16, 4, 8 }, { 49, 17, 5 }, { 144, 64, 8 }, { 144, 64, 16 }, { 196, 33, 64 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Centroids_are_few_of_length_one_and_always_the_same(int rows, int dimension, int count)
    {
        var patches = Random(rows, dimension, seed: rows);
        var centroids = PatchPooling.Of(patches, PatchGrid.None, PooledVectors.Centroids(count))!;
        Assert.InRange(centroids.RowCount, 1, Math.Min(rows, count));
        Assert.Equal(dimension, centroids.Dimension);
        for (var row = 0; row < centroids.RowCount; row++)
        {
            Assert.Equal(1, Length(centroids.Row(row)), 1e-5);
        }

        var again = PatchPooling.Of(new EmbeddingMatrix(patches.Values.ToArray(), dimension), PatchGrid.None, PooledVectors.Centroids(count))!;
        Assert.Equal(centroids.Values.ToArray(), again.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Centroids_equal_those_of_the_plain_twin(int rows, int dimension, int count)
    {
        var patches = Random(rows, dimension, seed: 31 + rows);
        var centroids = PatchPooling.Of(patches, PatchGrid.None, PooledVectors.Centroids(count))!;
        var expected = PlainTwin(patches, count);
        Assert.Equal(expected.Length, centroids.RowCount);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.True(expected[row].Zip(centroids.Row(row).ToArray(), (e, f) => Math.Abs(e - f)).Max() < 1e-3, $"Centroid {row} differs.");
        }
    }

    [Fact]
    public void Clusters_that_lie_apart_are_found_whatever_their_order()
    {
        float[][] axes = [.. Enumerable.Range(0, 6).Select(axis => Axis(8, axis))];
        var random = new Random(3);
        float[][] near = [.. Enumerable.Range(0, 60).Select(i => Unit([.. axes[i % 6].Select(value => value + (0.1f * (random.NextSingle() - 0.5f)))]))];
        foreach (var order in (IEnumerable<float[]>[])[near, near.Reverse(), near.OrderBy(row => row[3])])
        {
            var centroids = PatchPooling.Of(Matrix(order), PatchGrid.None, PooledVectors.Centroids(6))!;
            Assert.Equal(6, centroids.RowCount);
            foreach (var axis in axes)
            {
                Assert.Contains(Enumerable.Range(0, 6), row => Dot(axis, centroids.Row(row)) > 0.99);
            }
        }
    }

    [Fact]
    public void Equal_patches_give_one_centroid_and_few_patches_no_more_than_there_are()
    {
        var same = PatchPooling.Of(Matrix(Enumerable.Repeat(Axis(4, 1), 20)), PatchGrid.None, PooledVectors.Centroids(8))!;
        Assert.Equal(Axis(4, 1), same.Row(0).ToArray());
        Assert.Equal(1, same.RowCount);
        Assert.Equal(2, PatchPooling.Of(Matrix([Axis(4, 1), Axis(4, 2)]), PatchGrid.None, PooledVectors.Centroids(8))!.RowCount);
    }

    [Fact]
    public void Opposite_and_zero_patches_do_no_harm_and_nothing_but_zeros_is_refused()
    {
        float[] minus = [.. Axis(4, 0).Select(value => -value)];
        var opposite = PatchPooling.Of(Matrix([Axis(4, 0), minus, new float[4]]), PatchGrid.None, PooledVectors.Centroids(2))!;
        Assert.Equal(2, opposite.RowCount);
        Assert.Equal(-1, Dot(opposite.Row(0), opposite.Row(1)), 1e-6);
        Assert.Throws<ArgumentException>(() => PatchPooling.Of(Matrix([new float[4], new float[4]]), PatchGrid.None, PooledVectors.Centroids(2)));
        Assert.Throws<ArgumentException>(() => PatchPooling.Of(Matrix([new float[4], new float[4]]), new PatchGrid(2, 1), PooledVectors.Grid(2)));

        // Of a 4 × 2 grid in 2 × 2 cells, the first cell cancels out and is left out.
        float[][] cells = [Axis(4, 0), minus, Axis(4, 1), Axis(4, 1), Axis(4, 2), Axis(4, 2), Axis(4, 3), Axis(4, 3)];
        Assert.Equal(3, PatchPooling.Of(Matrix(cells), new PatchGrid(4, 2), PooledVectors.Grid(2))!.RowCount);
    }

    [Fact]
    public void A_long_patch_counts_as_much_as_a_short_one()
    {
        var plain = PatchPooling.Of(Random(30, 6, seed: 5), PatchGrid.None, PooledVectors.Centroids(4))!;
        var rows = Enumerable.Range(0, 30).Select(row => Random(30, 6, seed: 5).Row(row).ToArray().Select(value => value * (1 + (row % 3))).ToArray());
        var scaled = PatchPooling.Of(Matrix(rows), PatchGrid.None, PooledVectors.Centroids(4))!;
        Assert.All(plain.Values.ToArray().Zip(scaled.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(12, 12, 3)]
    [InlineData(7, 5, 2)]
    [InlineData(3, 2, 4)]
    [InlineData(14, 14, 4)]
    public void Cells_of_a_grid_are_the_directions_of_their_patches_means(int width, int height, int side)
    {
        var patches = Random(width * height, 9, seed: width);
        var cells = PatchPooling.Of(patches, new PatchGrid(width, height), PooledVectors.Grid(side))!;
        var (columns, rows) = (Math.Min(side, width), Math.Min(side, height));
        Assert.Equal(columns * rows, cells.RowCount);
        for (var cell = 0; cell < cells.RowCount; cell++)
        {
            var within = Enumerable.Range(0, width * height)
                .Where(place => place % width * columns / width == cell % columns && place / width * rows / height == cell / columns).ToList();
            Assert.NotEmpty(within);
            var mean = Unit([.. Enumerable.Range(0, 9).Select(i => within.Sum(place => patches.Row(place)[i]))]);
            Assert.Equal(1, Dot(mean, cells.Row(cell)), 1e-5);
        }
    }

    [Fact]
    public void Patches_without_a_grid_have_no_cells()
    {
        Assert.NotNull(PatchPooling.Refusal(PatchGrid.None, PooledVectors.Grid(2)));
        Assert.Null(PatchPooling.Refusal(PatchGrid.None, PooledVectors.Centroids(2)));
        Assert.Null(PatchPooling.Refusal(new PatchGrid(2, 2), PooledVectors.Grid(2)));
        Assert.Throws<ArgumentException>(() => PatchPooling.Of(Random(4, 4, seed: 1), PatchGrid.None, PooledVectors.Grid(2)));
        Assert.Null(PatchPooling.Of(Random(4, 4, seed: 1), PatchGrid.None, PooledVectors.Single));
    }

    // The rule of SphericalKMeans' remarks, as plainly as it can be said.
    private static double[][] PlainTwin(EmbeddingMatrix patches, int count)
    {
        double[][] rows = [.. Enumerable.Range(0, patches.RowCount).Select(row => patches.Row(row).ToArray().Select(value => (double)value).ToArray())];
        static double By(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        static double[] Direction(double[] v) => [.. v.Select(value => value / Math.Sqrt(By(v, v)))];
        static double[] Sum(IEnumerable<double[]> all) => all.Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
        var mean = Sum(rows);
        List<double[]> centroids = [rows.MinBy(row => By(row, mean))!];
        while (centroids.Count < count && rows.Min(row => centroids.Max(centroid => By(row, centroid))) <= 1 - 1e-6)
        {
            centroids.Add(rows.MinBy(row => centroids.Max(centroid => By(row, centroid)))!);
        }

        for (var round = 0; round < 10; round++)
        {
            var owners = rows.Select(row => centroids.IndexOf(centroids.MaxBy(centroid => By(row, centroid))!)).ToList();
            centroids = [.. centroids.Select((centroid, number) => owners.Contains(number)
                ? Direction(Sum(rows.Where((_, row) => owners[row] == number)))
                : centroid)];
        }

        return [.. centroids];
    }

    private static EmbeddingMatrix Random(int rows, int dimension, int seed)
    {
        var random = new Random(seed);
        return Matrix(Enumerable.Range(0, rows).Select(_ => Unit([.. Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f)])));
    }

    private static EmbeddingMatrix Matrix(IEnumerable<float[]> rows)
    {
        var all = rows.ToList();
        return new EmbeddingMatrix(all.SelectMany(row => row).ToArray(), all[0].Length);
    }

    private static float[] Axis(int dimension, int axis) => [.. Enumerable.Range(0, dimension).Select(i => i == axis ? 1f : 0f)];

    private static float[] Unit(float[] vector) => [.. vector.Select(value => (float)(value / Length(vector)))];

    private static double Length(ReadOnlySpan<float> vector) => Math.Sqrt(Dot(vector, vector));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
