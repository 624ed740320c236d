using Filip.Rerank.LateInteraction;
using Filip.Rerank.Patches;

namespace Filip.Rerank.Search;

/// <summary>Late interaction by the stamp's contract, over stored records.</summary>
internal sealed class PatchScoring
{
    private readonly LateInteractionScorer _scorer;
    private readonly int _textContext;

    /// <summary>Scores by the contract that the running model's stamp names.</summary>
    /// <param name="parts">The engine's parts.</param>
    public PatchScoring(SearchEngineParts parts)
    {
        Contract = ScoringContract.Parse(parts.RunningStamp.Contract);
        _textContext = parts.TextContext;
        _scorer = new LateInteractionScorer(new ScorerOptions
        {
            MaxParallelism = parts.Options.ScoringThreads,
            VerifyChecksums = parts.VerifyRecords,
            Fingerprint = parts.RunningStamp.Fingerprint,
        });
    }

    /// <summary>What the scores mean.</summary>
    public ScoringContract Contract { get; }

    /// <summary>What computes them; <c>none</c> where the contract compares pooled vectors, which stage one has done.</summary>
    public string Kernel => Contract.IsLateInteraction ? LateInteractionKernel.Best.Name : "none";

    /// <summary>Makes a query ready for many pictures.</summary>
    public PreparedQuery Prepare(EncodedQuery query) => PreparedQuery.Create(
        [.. query.Parts.Select(part => new QueryTokens(
            part.Rows, weights: null, fillsContext: _textContext > 0 && part.Rows.RowCount >= _textContext))],
        Contract);

    /// <summary>Scores all records; scores count where the status is <see cref="CandidateStatus.Scored"/>.</summary>
    /// <exception cref="InvalidDataException">A record is damaged, or another model's.</exception>
    public (double[] Scores, CandidateStatus[] Statuses) Score(
        PreparedQuery query, PatchBatch batch, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var scores = new double[batch.Count];
        var statuses = new CandidateStatus[batch.Count];
        _scorer.Score(query, batch, scores, statuses, cancellationToken);
        for (var i = 0; i < statuses.Length; i++)
        {
            if (statuses[i] is not (CandidateStatus.Scored or CandidateStatus.Missing))
            {
                throw new InvalidDataException(
                    $"The patch record of '{ids[i]}' cannot be scored ({statuses[i]}). Run filip verify, and index the picture again.");
            }
        }

        return (scores, statuses);
    }

    /// <summary>What each query token adds to a picture's score; the sum is the score.</summary>
    public static IReadOnlyList<TokenContribution> Contributions(
        EncodedQuery encoded, PreparedQuery query, ReadOnlySpan<byte> record)
    {
        var alignments = Alignment.Of(query, record);
        List<TokenContribution> contributions = [];
        for (var part = 0; part < alignments.Count; part++)
        {
            var labels = encoded.Parts[part].Labels;
            foreach (var (token, contribution) in Shares(alignments[part]))
            {
                var label = labels[token.Token];
                contributions.Add(new TokenContribution(
                    label.Text, label.Word, contribution / alignments.Count, token.BestPatch));
            }
        }

        return contributions;
    }

    /// <summary>Each token with its own share and those of the patches that it matches best: contracts that count patches are told by token too.</summary>
    public static IEnumerable<(TokenAlignment Token, double Contribution)> Shares(Alignment alignment)
    {
        var byToken = new Dictionary<int, double>();
        foreach (var patch in alignment.Patches)
        {
            byToken[patch.BestToken] = byToken.GetValueOrDefault(patch.BestToken) + patch.Contribution;
        }

        return alignment.Tokens.Select(token => (token, token.Contribution + byToken.GetValueOrDefault(token.Token)));
    }
}
