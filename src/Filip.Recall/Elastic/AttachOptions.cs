namespace Filip.Recall.Elastic;

/// <summary>How FILIP's fields are added to an index that its user already has.</summary>
/// <remarks>What is null is taken from the index, where an attach before wrote it down.</remarks>
public sealed record AttachOptions
{
    /// <summary>The user's field that says where the picture is, dotted inside objects; null for none.</summary>
    public string? PathField { get; init; }

    /// <summary>The user's field that describes the picture in words, for the lexical leg; null for none.</summary>
    public string? CaptionField { get; init; }
}
