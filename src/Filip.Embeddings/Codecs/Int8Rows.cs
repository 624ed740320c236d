using System.Numerics.Tensors;

namespace Filip.Embeddings.Codecs;

/// <summary>Symmetric 8-bit quantisation, one scale a vector.</summary>
public static class Int8Rows
{
    /// <summary>The largest magnitude of a component. -128 is never used, so that a vector and its negative are alike.</summary>
    public const int Largest = 127;

    /// <summary>What is added to a component to store it without a sign, as every integer kernel wants it.</summary>
    public const int Bias = 128;

    /// <summary>Rows are padded to a multiple of this many components of value 0: integer kernels read four at a time.</summary>
    public const int Granule = 4;

    /// <summary>Bytes of a stored row.</summary>
    /// <param name="dimension">Values in the row.</param>
    public static int Stride(int dimension) => (dimension + Granule - 1) / Granule * Granule;

    /// <summary>Quantises one vector: value ≈ component * scale.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="components">From -127 to 127, as many as there are values.</param>
    /// <returns>The scale; 0 for a vector of zeros.</returns>
    public static float Quantise(ReadOnlySpan<float> values, Span<sbyte> components)
    {
        var scale = MathF.Abs(TensorPrimitives.MaxMagnitude(values)) / Largest;
        if (scale == 0)
        {
            components[..values.Length].Clear();
            return 0;
        }

        for (var i = 0; i < values.Length; i++)
        {
            components[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scale), -Largest, Largest);
        }

        return scale;
    }
}
