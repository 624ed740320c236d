using Filip.Embeddings;
using Filip.Recall;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <content>The query's encoding and stage one: what an order cannot be had without.</content>
public sealed partial class SearchEngine
{
    /// <summary>Whether a search could be answered now: the index answers, and it is this model's.</summary>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>Null when ready; else what is wrong.</returns>
    public async Task<string?> CheckReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            EnsureSameModel();
            var counted = await DeadlineRace.RunAsync(
                token => _parts.CandidateSource.CountAsync(token).AsTask(), Options.StageOneTimeout, _parts.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
            if (!counted.InTime)
            {
                return $"The index did not answer within {Options.StageOneTimeout.TotalMilliseconds} ms.";
            }

            // One word that every vocabulary takes, past the cache: a tower that went away is not hidden by old answers.
            var encoded = await DeadlineRace.RunAsync(
                token => _parts.TextEncoder.EncodeAsync(["a"], token).AsTask(), Options.StageOneTimeout, _parts.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
            return encoded.InTime ? null : $"The text tower did not answer within {Options.StageOneTimeout.TotalMilliseconds} ms.";
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return failure.Message;
        }
    }

    /// <summary>How many pictures can be found.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => _parts.CandidateSource.CountAsync(cancellationToken);

    private void RequireOneQuestion(SearchRequest request)
    {
        if (request.Image is null)
        {
            _door.RequireText(request.Query);
        }
        else if (request.Query is not null)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, "There is a query and a picture; search by one of them.", "query");
        }
        else if (_pictures is null)
        {
            throw new SearchRefusedException(
                RefusalCodes.NoPictureSearch, "This process runs no image tower; search by text, or start it with one.", "image_base64");
        }
    }

    private void EnsureSameModel()
    {
        var stamp = _parts.CandidateSource.Stamp;
        if (!ReferenceEquals(stamp, _trusted))
        {
            // An alias may have moved to a generation of another model: refused, never ranked.
            EnsureUsable(stamp, _parts);
            _trusted = stamp;
        }
    }

    // By which vectors a picture is found is the index's affair; a search asks it in whatever way it holds.
    private static void EnsureUsable(IndexStamp stamp, SearchEngineParts parts) =>
        stamp.EnsureUsableBy(parts.RunningStamp with { PooledVectors = stamp.PooledVectors });

    private async Task<EncodedQuery> EncodeAsync(SearchRequest request, StageClock clock, CancellationToken cancellationToken)
    {
        using var span = FilipTelemetry.Source.StartActivity("encode");
        return await StageOneAsync(
            token => request.Image is { } image ? _pictures!.EncodeAsync(image, token) : _encoder.EncodeAsync(request.Query!, token),
            "The query was not encoded", clock, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EncodedQuery?> EncodeOrDegradeAsync(
        string text, AnswerDraft draft, StageClock clock, CancellationToken cancellationToken)
    {
        if (clock.Left <= TimeSpan.Zero)
        {
            draft.Degrade(DegradedReasons.Deadline);
            return null;
        }

        using var span = FilipTelemetry.Source.StartActivity("encode");
        try
        {
            var encoded = await DeadlineRace.RunAsync(
                token => _encoder.EncodeAsync(text, token), clock.Left, clock.Time, cancellationToken).ConfigureAwait(false);
            if (encoded.InTime)
            {
                return encoded.Value;
            }

            draft.Degrade(DegradedReasons.Deadline);
        }
        catch (Exception failure) when (failure is not SearchRefusedException && !cancellationToken.IsCancellationRequested)
        {
            span?.AddException(failure);
            draft.Degrade(DegradedReasons.Encoder);
        }

        return null;
    }

    private async Task<RecallAnswer> RecallAsync(
        SearchRequest request, EncodedQuery query, int count, StageClock clock, CancellationToken cancellationToken)
    {
        using var span = FilipTelemetry.Source.StartActivity("recall");
        var question = new RecallRequest
        {
            Pooled = query.Pooled,
            Tokens = request.Image is null ? query.Tokens() : null,
            Count = count,
            Filters = request.Filters,
            LexicalText = request.Lexical ? request.Query : null,
            LexicalWeight = request.LexicalWeight,
            WithRecords = Options.OneRoundTrip && Rescored(request),
        };
        return await StageOneAsync(
            token => _parts.CandidateSource.FindAsync(question, token).AsTask(),
            "Stage one gave no candidates", clock, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> StageOneAsync<T>(
        Func<CancellationToken, Task<T>> work, string what, StageClock clock, CancellationToken cancellationToken)
    {
        Finish<T> finish;
        try
        {
            finish = await DeadlineRace.RunAsync(
                work, Options.StageOneTimeout - clock.Elapsed, clock.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (QuestionRefusedException refused)
        {
            throw new SearchRefusedException(RefusalCodes.InvalidValue, refused.Message, refused.Member);
        }
        catch (Exception failure) when (failure is not (SearchRefusedException or StampMismatchException)
            && !cancellationToken.IsCancellationRequested)
        {
            throw new StageOneUnavailableException($"{what}: {failure.Message}", failure);
        }

        return finish.InTime
            ? finish.Value!
            : throw new StageOneUnavailableException(
                $"{what} within {Options.StageOneTimeout.TotalMilliseconds} ms. Try again, or look at the index and the text tower.");
    }
}
