namespace Filip.Embeddings.Tests.Models;

/// <summary>Scores by their definition, one multiplication at a time.</summary>
internal static class Definition
{
    public static double BestPerRow(EmbeddingMatrix rows, EmbeddingMatrix others) =>
        Enumerable.Range(0, rows.RowCount).Average(r => Enumerable.Range(0, others.RowCount).Max(o => Dot(rows.Row(r), others.Row(o))));

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    public static float[] Mean(EmbeddingMatrix rows) =>
        [.. Enumerable.Range(0, rows.Dimension).Select(d => (float)Enumerable.Range(0, rows.RowCount).Average(r => rows.Row(r)[d]))];
}
