namespace Filip.Embeddings.Pictures;

/// <summary>Alpha over white, in whole numbers.</summary>
internal static class Over
{
    /// <summary><c>value × alpha + 255 × (255 - alpha)</c>, over 255 and rounded.</summary>
    public static byte White(int value, int alpha) => Divide255((value * alpha) + (255 * (255 - alpha)));

    /// <summary>A product of two bytes over 255, rounded to the nearest without a division.</summary>
    public static byte Divide255(int product)
    {
        int rounded = product + 128;
        return (byte)((rounded + (rounded >> 8)) >> 8);
    }
}
