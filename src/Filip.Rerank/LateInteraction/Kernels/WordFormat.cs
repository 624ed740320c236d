namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>What the 4-byte words are that a kernel multiplies: a row is cut into words, and every lane takes one word a step.</summary>
internal enum WordFormat
{
    /// <summary>One float32 a word.</summary>
    F32,

    /// <summary>Four components a word: patches unsigned (component + 128), tokens signed.</summary>
    Bytes4,

    /// <summary>Two signed 16-bit components a word.</summary>
    Shorts2,

    /// <summary>One signed 32-bit component a word.</summary>
    Int1,
}

/// <summary>Components in a word.</summary>
internal static class WordFormats
{
    public static int Components(this WordFormat format) => format switch
    {
        WordFormat.Bytes4 => 4,
        WordFormat.Shorts2 => 2,
        _ => 1,
    };

    /// <summary>Words of a row: rows of integer components are padded to four, as they are stored.</summary>
    public static int Words(this WordFormat format, int dimension) => format == WordFormat.F32
        ? dimension
        : (dimension + 3) / 4 * 4 / format.Components();
}
