using System.Numerics.Tensors;

namespace Filip.Embeddings;

/// <summary>Looks for NaN and infinity, which no vector here may hold.</summary>
public static class Finite
{
    /// <summary>The position of the first value that is NaN or infinite, or -1.</summary>
    /// <param name="values">Any number of values; none gives -1.</param>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // The sum of magnitudes is finite for any vectors of sane size, and one pass of SIMD; only a suspect block is walked.
        if (values.IsEmpty || float.IsFinite(TensorPrimitives.SumOfMagnitudes(values)))
        {
            return -1;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
