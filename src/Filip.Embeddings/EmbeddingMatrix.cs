namespace Filip.Embeddings;

/// <summary>A ragged-free block of row vectors: the query tokens of one text, or the patches of one picture.</summary>
/// <remarks>
/// <para>Row-major float32, shape <c>[RowCount, Dimension]</c>, at least one row. A class, not a struct, so that no
/// default value walks past the check.</para>
/// <para>Every value is finite: ONNX Runtime passes NaN through silently, so this is the door where it is refused.</para>
/// </remarks>
public sealed class EmbeddingMatrix
{
    /// <summary>Wraps (does not copy) a block of rows.</summary>
    /// <param name="values">Row-major values, a whole non-zero number of rows.</param>
    /// <param name="dimension">Values in a row, at least 1.</param>
    /// <exception cref="ArgumentException">The values are no whole number of rows, or one of them is NaN or infinite.</exception>
    public EmbeddingMatrix(ReadOnlyMemory<float> values, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (values.IsEmpty || values.Length % dimension != 0)
        {
            throw new ArgumentException(
                $"Expected a whole, non-zero number of rows of {dimension} values, got {values.Length} values.", nameof(values));
        }

        var bad = Finite.IndexOfNonFinite(values.Span);
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"Value {bad % dimension} of row {bad / dimension} is {values.Span[bad]}; every value must be finite. "
                + "Check the model's output for this input.", nameof(values));
        }

        Values = values;
        Dimension = dimension;
    }

    /// <summary>All values, row-major.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Values in a row.</summary>
    public int Dimension { get; }

    /// <summary>Number of rows, at least 1.</summary>
    public int RowCount => Values.Length / Dimension;

    /// <summary>One row.</summary>
    /// <param name="index">From 0 to <see cref="RowCount"/> - 1.</param>
    public ReadOnlySpan<float> Row(int index) => Values.Span.Slice(index * Dimension, Dimension);
}
