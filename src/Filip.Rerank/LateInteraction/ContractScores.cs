using Filip.Embeddings;

namespace Filip.Rerank.LateInteraction;

/// <summary>One pair's score by one contract.</summary>
/// <param name="Contract">The contract's name.</param>
/// <param name="Score">Its value, by the definition in double precision.</param>
public readonly record struct ContractScore(string Contract, double Score);

/// <summary>One pair of text and picture, scored by every contract: for looking at a pair, and for finding out which contract a model was made for.</summary>
public static class ContractScores
{
    /// <summary>The score by every contract that what is given allows, in the order of <see cref="ScoringContract.All"/>.</summary>
    /// <param name="query">The query tokens.</param>
    /// <param name="patches">The picture's patches.</param>
    /// <param name="pooledQuery">The text's pooled vector; empty leaves the contract <c>pooled</c> out.</param>
    /// <param name="pooledPicture">The picture's; empty leaves the contract <c>pooled</c> out.</param>
    public static IReadOnlyList<ContractScore> All(
        QueryTokens query,
        EmbeddingMatrix patches,
        ReadOnlyMemory<float> pooledQuery = default,
        ReadOnlyMemory<float> pooledPicture = default)
    {
        List<ContractScore> scores = [];
        foreach (var contract in ScoringContract.All)
        {
            if (contract.Measure != ScoringMeasure.Pooled)
            {
                scores.Add(new(contract.Name, Definition.Score(contract, query, patches)));
            }
            else if (!pooledQuery.IsEmpty && !pooledPicture.IsEmpty)
            {
                scores.Add(new(contract.Name, Definition.PooledScore(pooledQuery.Span, pooledPicture.Span)));
            }
        }

        return scores;
    }
}
