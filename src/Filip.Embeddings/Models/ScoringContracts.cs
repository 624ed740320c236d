namespace Filip.Embeddings.Models;

/// <summary>The names of the scoring contracts; what each computes is defined where candidates are scored.</summary>
public static class ScoringContracts
{
    /// <summary>The contract of a model that names none: mean over tokens of the best patch.</summary>
    public const string Default = "filip-t2i";

    /// <summary>The contract that compares pooled vectors only.</summary>
    public const string Pooled = "pooled";

    /// <summary>Every name a manifest may give.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Default, "filip-i2t", "filip-mean", "colbert-sum", "zero-pad-i2t", Pooled];
}
