using Filip.Cli.Opening;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Search;

namespace Filip.Cli.Comparing;

/// <summary>An index searched by this process: stage one's order, late interaction's, or both fused.</summary>
internal sealed class EngineVariant : IVariant
{
    private readonly EngineSpec _spec;
    private readonly int _candidates;
    private readonly int _top;
    private readonly int _pooledBytes;
    private readonly CodecPatchStore _patches;
    private readonly SearchEngine _engine;

    /// <summary>Puts the variant's own search together over an index that is open already.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="opened">Index, model and towers.</param>
    /// <param name="candidates">Candidates where the spec names none.</param>
    /// <param name="top">Most pictures kept of an answer; null for all candidates.</param>
    /// <exception cref="Terminal.UsageException">The index's codec holds less than the one asked for.</exception>
    public EngineVariant(EngineSpec spec, OpenedEngine opened, int candidates, int? top)
    {
        Codec = spec.Codec ?? opened.Index.Stamp.Codec;
        _spec = spec;
        _candidates = spec.Candidates ?? candidates;
        _top = top ?? _candidates;
        _pooledBytes = opened.Index.Stamp.PooledDimension * sizeof(float);
        _patches = CodecPatchStore.For(spec, opened.Index);
        _engine = opened.With(parts => parts with
        {
            PatchStore = _patches,
            RunningStamp = spec.Contract is { } contract ? parts.RunningStamp with { Contract = contract.Name } : parts.RunningStamp,
            // Every query pays for its encoding: what a cache saves is not the variant's merit.
            Options = parts.Options with { TextCacheEntries = 0 },
        });
    }

    /// <summary>The codec whose records are scored.</summary>
    public PatchCodec Codec { get; }

    /// <inheritdoc/>
    public double? BytesPerPicture => _spec.Order == EngineOrder.Recall ? _pooledBytes : _pooledBytes + _patches.BytesPerRecord;

    /// <inheritdoc/>
    public async ValueTask<VariantAnswer> AskAsync(string query, CancellationToken stop)
    {
        SearchAnswer answer;
        try
        {
            answer = await _engine.SearchAsync(
                new SearchRequest
                {
                    Query = query,
                    Top = _candidates,
                    Candidates = _candidates,
                    Mode = _spec.Order == EngineOrder.Recall ? SearchMode.Recall : SearchMode.Rerank,
                    Lexical = _spec.Lexical,
                    LexicalWeight = _spec.LexicalWeight,
                },
                stop);
        }
        catch (SearchRefusedException refused)
        {
            return VariantAnswer.Refused(refused.Message);
        }

        if (answer is { Degraded: true, Reason: not DegradedReasons.Fields })
        {
            throw new InvalidOperationException(
                $"'{_spec.Text}' answered '{query}' degraded ({answer.Reason}); its figures would mean nothing. Run filip verify on the index.");
        }

        var times = answer.TimingsMs;
        var spent = times.Encode + times.Recall + times.Fetch + times.Score - _patches.TakeSpent().TotalMilliseconds;
        var order = _spec.Order == EngineOrder.Fused ? Fused(answer.Results) : answer.Results.Select(result => result.Id);
        return new VariantAnswer([.. order.Take(_top)], Math.Max(spent, 0))
        {
            Candidates = [.. answer.Results.OrderBy(result => result.RecallRank).Select(result => result.Id)],
        };
    }

    /// <summary>The fused order of what was scored; what has no patches follows in stage one's order.</summary>
    private IEnumerable<string> Fused(IReadOnlyList<SearchResult> results)
    {
        List<SearchResult> scored = [.. results.Where(result => result.Score is not null && result.RecallScore is not null)];
        var fused = Fusion.Fuse(
            _spec.Method,
            [.. scored.Select(result => new ScoredCandidate(result.Id, result.RecallRank, result.Score!.Value))],
            [.. scored.Select(result => result.RecallScore!.Value)],
            _spec.Weight);
        return scored
            .Select((result, place) => (result.Id, result.RecallRank, Score: fused[place]))
            .OrderByDescending(one => one.Score)
            .ThenBy(one => one.RecallRank)
            .Select(one => one.Id)
            .Concat(results.Where(result => result.Score is null || result.RecallScore is null).OrderBy(result => result.RecallRank).Select(result => result.Id));
    }
}
