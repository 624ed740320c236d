namespace Filip.Cli.Comparing;

/// <summary>A side of a comparison that is asked query by query: an index searched here, or an HTTP API.</summary>
internal interface IVariant
{
    /// <summary>Asks one query.</summary>
    /// <param name="query">The text.</param>
    /// <param name="stop">Ends the call.</param>
    /// <exception cref="HttpRequestException">What answers is down.</exception>
    ValueTask<VariantAnswer> AskAsync(string query, CancellationToken stop);

    /// <summary>Bytes kept for a picture, as seen in the answers so far; null where nobody can tell.</summary>
    double? BytesPerPicture { get; }
}

/// <summary>What a variant answered to one query.</summary>
/// <param name="Ids">Ids of pictures, best first, none twice.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record VariantAnswer(IReadOnlyList<string> Ids, double Milliseconds)
{
    /// <summary>Stage one's candidates, where they are known.</summary>
    public IReadOnlyList<string>? Candidates { get; init; }

    /// <summary>Why the order is a lesser one than was asked for; null where it is not.</summary>
    public string? Degraded { get; init; }

    /// <summary>Why this one query has no answer; null where it has one.</summary>
    public string? Refusal { get; init; }

    /// <summary>No answer to this query; the others are asked all the same.</summary>
    public static VariantAnswer Refused(string why) => new([], 0) { Refusal = why };
}
