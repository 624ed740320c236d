using Filip.Embeddings;

namespace Filip.Rerank.LateInteraction;

/// <summary>A query made ready for many pictures: its tokens reordered for the kernel, once. Dispose it after the last score.</summary>
/// <remarks>Safe to score with from many threads at a time; not to dispose meanwhile.</remarks>
public sealed class PreparedQuery : IDisposable
{
    private bool _disposed;

    private PreparedQuery(PreparedTemplate[] templates, ScoringContract contract, LateInteractionKernel kernel)
    {
        PreparedTemplates = templates;
        Contract = contract;
        Kernel = kernel;
    }

    /// <summary>What its scores mean.</summary>
    public ScoringContract Contract { get; }

    /// <summary>How they are computed.</summary>
    public LateInteractionKernel Kernel { get; }

    /// <summary>The texts' tokens, one entry a template.</summary>
    public IReadOnlyList<QueryTokens> Templates => [.. PreparedTemplates.Select(template => template.Query)];

    /// <summary>Values in a token row, and so in a patch.</summary>
    public int Dimension => PreparedTemplates[0].Query.Rows.Dimension;

    internal PreparedTemplate[] PreparedTemplates { get; }

    /// <summary>Prepares the texts of one query.</summary>
    /// <param name="templates">One entry a template, at least one; the score is the mean of their scores.</param>
    /// <param name="contract">A late-interaction contract.</param>
    /// <param name="kernel">How to compute; null for <see cref="LateInteractionKernel.Best"/>.</param>
    /// <exception cref="ArgumentException">No text, texts of different dimension, or a pooled contract.</exception>
    public static PreparedQuery Create(
        IReadOnlyList<QueryTokens> templates, ScoringContract contract, LateInteractionKernel? kernel = null)
    {
        ArgumentNullException.ThrowIfNull(templates);
        ArgumentNullException.ThrowIfNull(contract);
        kernel ??= LateInteractionKernel.Best;
        if (templates.Count == 0)
        {
            throw new ArgumentException("A query needs at least one text.", nameof(templates));
        }

        if (!contract.IsLateInteraction)
        {
            throw new ArgumentException(
                $"The contract '{contract.Name}' compares pooled vectors, which stage one has done already. "
                + "Answer with the recall score, or name a late-interaction contract.", nameof(contract));
        }

        if (!kernel.IsSupported)
        {
            throw new ArgumentException($"This processor does not run the kernel '{kernel.Name}'.", nameof(kernel));
        }

        foreach (var template in templates)
        {
            if (template.Rows.Dimension != templates[0].Rows.Dimension)
            {
                throw new ArgumentException(
                    $"Query tokens have {templates[0].Rows.Dimension} and {template.Rows.Dimension} values; all texts must come from one model.",
                    nameof(templates));
            }
        }

        return new([.. templates.Select(template => new PreparedTemplate(template, contract, kernel))], contract, kernel);
    }

    /// <summary>Prepares the texts of one query, every token counted once.</summary>
    /// <param name="templates">The tokens of each template's text.</param>
    /// <param name="contract">A late-interaction contract.</param>
    public static PreparedQuery Create(IReadOnlyList<EmbeddingMatrix> templates, ScoringContract contract)
    {
        ArgumentNullException.ThrowIfNull(templates);
        return Create([.. templates.Select(rows => new QueryTokens(rows))], contract);
    }

    /// <summary>Prepares a query of one text, every token counted once.</summary>
    /// <param name="tokens">The query tokens.</param>
    /// <param name="contract">A late-interaction contract.</param>
    public static PreparedQuery Create(EmbeddingMatrix tokens, ScoringContract contract) => Create([tokens], contract);

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        foreach (var template in PreparedTemplates)
        {
            template.Dispose();
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
