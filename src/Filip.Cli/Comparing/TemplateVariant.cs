namespace Filip.Cli.Comparing;

/// <summary>A search API that a template describes: an existing frontend's own search, untouched.</summary>
/// <param name="template">How it is asked.</param>
/// <param name="http">The client.</param>
/// <param name="shown">What it is called in errors.</param>
/// <param name="top">Most pictures of an answer.</param>
internal sealed class TemplateVariant(SearchTemplate template, HttpClient http, string shown, int top) : IVariant
{
    private readonly HttpQuestion _question = new(http, shown);

    /// <inheritdoc/>
    public double? BytesPerPicture => null;

    /// <inheritdoc/>
    public ValueTask<VariantAnswer> AskAsync(string query, CancellationToken stop) => _question.AskAsync(
        () => template.Request(query, top),
        (answer, took) => new VariantAnswer([.. template.Ids.Read(answer).Take(top)], took),
        stop);
}
