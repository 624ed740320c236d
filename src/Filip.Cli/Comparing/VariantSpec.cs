using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Cli.Comparing;

/// <summary>One side of a comparison as the user named it.</summary>
/// <param name="Text">The user's words, without any password in a URL: they stand in reports.</param>
internal abstract record VariantSpec(string Text);

/// <summary>A file with answers that somebody else computed.</summary>
/// <param name="Text">The user's words.</param>
/// <param name="File">TREC, CSV or JSON lines.</param>
internal sealed record RunFileSpec(string Text, string File) : VariantSpec(Text);

/// <summary>A running filip service.</summary>
/// <param name="Text">The user's words.</param>
/// <param name="Url">Its <c>/v1/search</c>.</param>
/// <param name="Candidates">How many its stage one proposes; null leaves that to <c>--candidates</c>.</param>
/// <param name="Mode"><c>rerank</c> or <c>recall</c>; null takes the service's own.</param>
/// <param name="DeadlineMs">Milliseconds a search has; null takes the service's own.</param>
internal sealed record ServiceSpec(string Text, Uri Url, int? Candidates, string? Mode, int? DeadlineMs) : VariantSpec(Text);

/// <summary>Any search API over HTTP, described by a file.</summary>
/// <param name="Text">The user's words.</param>
/// <param name="File">See <see cref="SearchTemplate"/>.</param>
internal sealed record TemplateSpec(string Text, string File) : VariantSpec(Text);

/// <summary>What an index answers, searched by this process.</summary>
/// <param name="Text">The user's words.</param>
/// <param name="Order">Whose order counts.</param>
internal sealed record EngineSpec(string Text, EngineOrder Order) : VariantSpec(Text)
{
    /// <summary>How many candidates stage one proposes; null leaves that to <c>--candidates</c>.</summary>
    public int? Candidates { get; init; }

    /// <summary>Whether stage one also looks at the captions' words.</summary>
    public bool Lexical { get; init; }

    /// <summary>The captions' share of stage one's order, from 0 to 1; null fuses by rank.</summary>
    public double? LexicalWeight { get; init; }

    /// <summary>Scoring contract; null takes the model's own.</summary>
    public ScoringContract? Contract { get; init; }

    /// <summary>Codec the records are brought to before they are scored; null takes them as they are kept.</summary>
    public PatchCodec? Codec { get; init; }

    /// <summary>Another index than the command's.</summary>
    public string? Index { get; init; }

    /// <summary>How both scores become one, for <see cref="EngineOrder.Fused"/>.</summary>
    public FusionMethod Method { get; init; } = FusionMethod.MinMax;

    /// <summary>The late-interaction score's share, from 0 to 1.</summary>
    public double Weight { get; init; } = 0.5;
}

/// <summary>Whose order a variant answers.</summary>
internal enum EngineOrder
{
    /// <summary>Stage one's.</summary>
    Recall,

    /// <summary>Late interaction's.</summary>
    Rerank,

    /// <summary>Both scores fused.</summary>
    Fused,
}
