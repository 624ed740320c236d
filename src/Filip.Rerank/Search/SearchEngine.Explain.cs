namespace Filip.Rerank.Search;

/// <content>Explanations.</content>
public sealed partial class SearchEngine
{
    /// <summary>Says which token matched which patch, and what each adds to the score.</summary>
    /// <param name="request">The query and the picture.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SearchRefusedException">The query leaves no token, or the picture has no patches in the index.</exception>
    public Task<ExplainAnswer> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Draws the explanation over the picture, as a PNG file's bytes.</summary>
    /// <param name="request">The query and the picture.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null where the model has no grid or the picture's file cannot be read.</returns>
    public Task<byte[]?> DrawExplanationAsync(ExplainRequest request, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
