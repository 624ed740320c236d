using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;
using Filip.Recall;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <content>Explanations.</content>
public sealed partial class SearchEngine
{
    /// <summary>What the index keeps of one picture beside its vectors; null where it is not there.</summary>
    /// <param name="id">The picture's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PictureFields?> FindPictureAsync(string id, CancellationToken cancellationToken)
    {
        SearchDoor.RequireId(id, "id");
        try
        {
            var found = await _parts.CandidateSource.GetFieldsAsync([id], cancellationToken).ConfigureAwait(false);
            return found.GetValueOrDefault(id);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StageOneUnavailableException($"The index did not answer: {failure.Message}", failure);
        }
    }

    /// <summary>Says which token matched which patch, and what each adds to the score.</summary>
    /// <param name="request">The query and the picture.</param>
    /// <param name="picture">The picture as decoded, so that boxes are in its pixels; null to have them in the model's input.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SearchRefusedException">The query leaves no token, a word asked for is not in it, or the picture has no patches.</exception>
    /// <exception cref="PatchesUnavailableException">The patch store failed, or the record is damaged.</exception>
    /// <exception cref="StageOneUnavailableException">The query could not be encoded.</exception>
    public async Task<Explanation> ExplainAsync(
        ExplainRequest request, RgbPicture? picture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _door.RequireText(request.Query);
        SearchDoor.RequireId(request.Id, "id");
        EnsureSameModel();
        if (!_scoring.Contract.IsLateInteraction)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"The contract '{_scoring.Contract.Name}' compares pooled vectors; there is no word to patch alignment to explain.");
        }

        using var span = FilipTelemetry.Source.StartActivity("explain");
        var clock = new StageClock(_parts.TimeProvider, Options.StageOneTimeout);
        var encoded = await StageOneAsync(
            token => _encoder.EncodeAsync(request.Query, token), "The query was not encoded", clock, cancellationToken).ConfigureAwait(false);
        var alignments = await AlignAsync(request.Id, encoded, clock, cancellationToken).ConfigureAwait(false);
        return new ExplanationWriter(_parts, _scoring.Contract.Name, Generation).Write(request, picture, encoded, alignments);
    }

    /// <summary>Draws an explanation over its picture, as the bytes of a PNG file.</summary>
    /// <param name="explanation">What is drawn.</param>
    /// <param name="picture">The picture as decoded.</param>
    /// <returns>Null where the model has no grid, or the engine no preprocessor.</returns>
    public byte[]? Draw(Explanation explanation, RgbPicture picture)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        ArgumentNullException.ThrowIfNull(picture);
        return explanation.Answer.Grid is [var width, var height] && _parts.Preprocessor is { } preprocessor
            ? PictureWriter.Png(PatchOverlay.Draw(
                picture, explanation.Heat.Span, height, width, preprocessor.Map(picture.Width, picture.Height)))
            : null;
    }

    private async Task<IReadOnlyList<Alignment>> AlignAsync(
        string id, EncodedQuery encoded, StageClock clock, CancellationToken cancellationToken)
    {
        try
        {
            var finish = await DeadlineRace.RunAsync(
                async token =>
                {
                    using var batch = await _parts.PatchStore.FetchAsync([id], token).ConfigureAwait(false);
                    if (batch[0].IsEmpty)
                    {
                        throw new SearchRefusedException(
                            RefusalCodes.PictureNotFound, $"'{id}' has no patches in the index; index the picture first.", "id");
                    }

                    _ = PatchRecord.Read(batch[0].Span, fingerprint: PatchRecord.Fingerprint(_parts.RunningStamp.Fingerprint));
                    using var query = _scoring.Prepare(encoded);
                    return Alignment.Of(query, batch[0].Span);
                },
                clock.Left, clock.Time, cancellationToken).ConfigureAwait(false);
            return finish.InTime
                ? finish.Value!
                : throw new PatchesUnavailableException(
                    $"The patch store did not answer within {Options.StageOneTimeout.TotalMilliseconds} ms. Try again.");
        }
        catch (Exception failure) when (failure is not (SearchRefusedException or PatchesUnavailableException)
            && !cancellationToken.IsCancellationRequested)
        {
            throw new PatchesUnavailableException($"The patches of '{id}' could not be read: {failure.Message}", failure);
        }
    }
}
