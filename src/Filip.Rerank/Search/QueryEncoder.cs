using System.Numerics.Tensors;
using Filip.Embeddings;

namespace Filip.Rerank.Search;

/// <summary>A query as both stages use it.</summary>
/// <param name="Parts">One a prompt template, or one alone; late-interaction scores of the parts are averaged.</param>
/// <param name="Pooled">The pooled vector, unit length; the parts' mean.</param>
internal sealed record EncodedQuery(IReadOnlyList<QueryPart> Parts, ReadOnlyMemory<float> Pooled)
{
    /// <summary>The rows of all parts, one block.</summary>
    public EmbeddingMatrix Tokens() => Parts is [var only]
        ? only.Rows
        : new EmbeddingMatrix(Parts.SelectMany(part => part.Rows.Values.ToArray()).ToArray(), Parts[0].Rows.Dimension);
}

/// <summary>The query tokens of one filled template.</summary>
/// <param name="Rows">One row a token.</param>
/// <param name="Labels">One label a row.</param>
internal sealed record QueryPart(EmbeddingMatrix Rows, IReadOnlyList<TokenLabel> Labels);

/// <summary>Texts to queries, through the templates and the cache.</summary>
internal sealed class QueryEncoder
{
    private readonly ITextEncoder _tower;
    private readonly IReadOnlyList<string> _templates;

    /// <summary>Puts the cache before the tower.</summary>
    /// <param name="tower">The text tower.</param>
    /// <param name="templates">Prompt templates; none takes texts as they are.</param>
    /// <param name="cacheEntries">Encoded texts kept; 0 keeps none.</param>
    public QueryEncoder(ITextEncoder tower, IReadOnlyList<string> templates, int cacheEntries)
    {
        foreach (var template in templates)
        {
            if (!template.Contains("{}", StringComparison.Ordinal))
            {
                throw new ArgumentException($"The template '{template}' has no {{}} for the query's text.", nameof(templates));
            }
        }

        _tower = cacheEntries > 0 ? new CachingTextEncoder(tower, cacheEntries) : tower;
        _templates = templates;
    }

    /// <summary>Encodes one text.</summary>
    /// <exception cref="SearchRefusedException">The text leaves no token.</exception>
    public async Task<EncodedQuery> EncodeAsync(string text, CancellationToken cancellationToken)
    {
        // With templates the text alone is looked at too: a template's own words would hide that the text has none.
        string[] texts = _templates.Count == 0
            ? [text]
            : [text, .. _templates.Select(template => template.Replace("{}", text, StringComparison.Ordinal))];
        IReadOnlyList<TextEmbedding> encoded;
        try
        {
            encoded = await _tower.EncodeAsync(texts, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // The tower's way to say that no token is left which the contract counts.
            throw SearchDoor.EmptyQuery();
        }

        if (encoded[0].Labels.All(label => label.Word < 0))
        {
            throw SearchDoor.EmptyQuery();
        }

        var filled = _templates.Count == 0 ? encoded : [.. encoded.Skip(1)];
        return new EncodedQuery(
            [.. filled.Select(part => new QueryPart(part.Tokens, part.Labels))], MeanDirection(filled));
    }

    private static ReadOnlyMemory<float> MeanDirection(IReadOnlyList<TextEmbedding> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0].Pooled;
        }

        var mean = new float[parts[0].Pooled.Length];
        foreach (var part in parts)
        {
            TensorPrimitives.Add(mean, part.Pooled.Span, mean);
        }

        var length = TensorPrimitives.Norm<float>(mean);
        if (length > 0)
        {
            TensorPrimitives.Divide(mean, length, mean);
        }

        return mean;
    }
}
