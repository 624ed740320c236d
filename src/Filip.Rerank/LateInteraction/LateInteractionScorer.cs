using System.ComponentModel.DataAnnotations;
using Filip.Embeddings.Codecs;
using Filip.Rerank.Patches;

namespace Filip.Rerank.LateInteraction;

/// <summary>Scores candidates' patch records against a query.</summary>
/// <remarks>
/// A candidate's score is the same to the last bit whoever stands beside it and on any number of threads. A bad record
/// costs its own candidate only. Thread-safe.
/// </remarks>
public sealed class LateInteractionScorer
{
    private readonly ScorerOptions _options;
    private readonly ulong? _fingerprint;

    /// <summary>Makes a scorer.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ValidationException">An option is out of range.</exception>
    public LateInteractionScorer(ScorerOptions? options = null)
    {
        _options = options ?? new ScorerOptions();
        Validator.ValidateObject(_options, new ValidationContext(_options), validateAllProperties: true);
        _fingerprint = _options.Fingerprint is { } digits ? PatchRecord.Fingerprint(digits) : null;
    }

    /// <summary>Scores every record of a batch.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="records">The candidates' records; an empty one is missing.</param>
    /// <param name="scores">One a record; 0 (and meaningless) where the status is not <see cref="CandidateStatus.Scored"/>.</param>
    /// <param name="statuses">One a record.</param>
    /// <param name="cancellationToken">Looked at between blocks of candidates.</param>
    /// <returns>How many candidates were scored.</returns>
    /// <exception cref="ArgumentException">The spans do not fit the records.</exception>
    public int Score(
        PreparedQuery query, PatchBatch records, Span<double> scores, Span<CandidateStatus> statuses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        return Score(query, records.Records, scores, statuses, cancellationToken);
    }

    /// <summary>Scores every record of a list; see the other overload.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="records">The candidates' records; an empty one is missing.</param>
    /// <param name="scores">One a record.</param>
    /// <param name="statuses">One a record.</param>
    /// <param name="cancellationToken">Looked at between blocks of candidates.</param>
    /// <returns>How many candidates were scored.</returns>
    public int Score(
        PreparedQuery query,
        ReadOnlyMemory<ReadOnlyMemory<byte>> records,
        Span<double> scores,
        Span<CandidateStatus> statuses,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.ThrowIfDisposed();
        if (scores.Length != records.Length || statuses.Length != records.Length)
        {
            throw new ArgumentException(
                $"{records.Length} records, but room for {scores.Length} scores and {statuses.Length} statuses. Give one of each a record.",
                nameof(scores));
        }

        var blocks = (records.Length + _options.BlockSize - 1) / _options.BlockSize;
        var threads = Math.Min(_options.MaxParallelism, blocks);
        if (threads <= 1)
        {
            for (var first = 0; first < records.Length; first += _options.BlockSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(_options.BlockSize, records.Length - first);
                ScoreBlock(query, records.Span.Slice(first, count), scores.Slice(first, count), statuses.Slice(first, count));
            }
        }
        else
        {
            ParallelScoring.Run(this, query, records, scores, statuses, _options.BlockSize, threads, cancellationToken);
        }

        return statuses.Count(CandidateStatus.Scored);
    }

    /// <summary>Scores one record, or says why it cannot be scored.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="record">The picture's record.</param>
    /// <exception cref="PatchRecordException">The bytes are no sound record of the running model.</exception>
    /// <exception cref="ArgumentException">Query and record differ in dimension.</exception>
    public double ScoreOne(PreparedQuery query, ReadOnlySpan<byte> record)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.ThrowIfDisposed();
        var view = PatchRecord.Read(record, _options.VerifyChecksums, _fingerprint);
        if (view.Dimension != query.Dimension)
        {
            throw new ArgumentException(
                $"Query tokens have {query.Dimension} values and the record's patches {view.Dimension}; both must come from one model.",
                nameof(record));
        }

        var score = ScoreView(query, view);
        return double.IsFinite(score) ? score : throw new PatchRecordException(
            PatchRecordProblem.NotFinite, "The score is NaN or infinite: the record or the query holds values past float32's range. Index the picture again.");
    }

    internal void ScoreBlock(
        PreparedQuery query, ReadOnlySpan<ReadOnlyMemory<byte>> records, Span<double> scores, Span<CandidateStatus> statuses)
    {
        for (var i = 0; i < records.Length; i++)
        {
            scores[i] = 0;
            statuses[i] = ScoreRecord(query, records[i].Span, ref scores[i]);
        }
    }

    private static double ScoreView(PreparedQuery query, in PatchRecordView view)
    {
        var templates = query.PreparedTemplates;
        var sum = 0.0;
        foreach (var template in templates)
        {
            sum += template.Score(view);
        }

        return sum / templates.Length;
    }

    private CandidateStatus ScoreRecord(PreparedQuery query, ReadOnlySpan<byte> record, ref double score)
    {
        if (record.IsEmpty)
        {
            return CandidateStatus.Missing;
        }

        var problem = PatchRecord.TryRead(record, out var view, _options.VerifyChecksums, _fingerprint);
        if (problem != PatchRecordProblem.None)
        {
            return problem == PatchRecordProblem.ForeignModel ? CandidateStatus.ForeignModel : CandidateStatus.Corrupt;
        }

        if (view.Dimension != query.Dimension)
        {
            return CandidateStatus.ForeignModel;
        }

        var value = ScoreView(query, view);
        if (!double.IsFinite(value))
        {
            return CandidateStatus.NotFinite;
        }

        score = value;
        return CandidateStatus.Scored;
    }
}
