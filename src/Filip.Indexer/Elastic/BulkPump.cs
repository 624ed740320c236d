using System.Buffers;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Sends bulks until each item has an outcome: written, or refused for good with a reason.</summary>
/// <remarks>
/// The one layer that sends bulks again (the connection is asked not to). Items that the server was too busy for are sent
/// again alone; the others are not. While nothing moves for longer than <see cref="BulkOptions.Patience"/> the job ends
/// with <see cref="SinkUnavailableException"/>; what was acknowledged stays.
/// </remarks>
internal sealed class BulkPump(
    ElasticConnection connection, string index, BulkOptions options, long serverLimit, TimeProvider time, ElasticLayout? layout = null)
{
    private const int SurelyNotThePictures = 8;

    private readonly string _path = Uri.EscapeDataString(index) + "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";
    private readonly ElasticLayout _layout = layout ?? ElasticLayout.Own;
    private readonly InFlightBytes _inFlight = new(options.MostBytesInFlight);
    private readonly int _mostBody = (int)Math.Min(options.MostBodyBytes, serverLimit * 9 / 10);

    /// <summary>Sends items; one fate each (only <see cref="ItemFate.Done"/>, <see cref="ItemFate.WasMissing"/> and <see cref="ItemFate.Poison"/> come back).</summary>
    /// <param name="items">At least one; ids differ.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SinkUnavailableException">The server is away, full or refuses us altogether.</exception>
    public async ValueTask<IReadOnlyList<ItemOutcome>> SendAsync(IReadOnlyList<BulkItem> items, CancellationToken cancellationToken)
    {
        var outcomes = new ItemOutcome[items.Count];

        // Where one part must stop all must: the others would wait for their patience to end.
        using var siblings = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(Split(items, outcomes).Select(async part =>
        {
            try
            {
                await SendPartAsync(items, [.. part], outcomes, siblings.Token);
                EnsureNotAllRefused(part, outcomes);
            }
            catch
            {
                await siblings.CancelAsync();
                throw;
            }
        }));
        return outcomes;
    }

    private async Task SendPartAsync(
        IReadOnlyList<BulkItem> items, List<int> places, ItemOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var pause = options.FirstPause;
        var since = time.GetTimestamp();
        while (places.Count > 0)
        {
            var before = places.Count;
            var (answer, trouble) = await TryOnceAsync(items, places, cancellationToken);
            if (answer is null && IsAboutContent(trouble!))
            {
                await HalveAsync(items, places, outcomes, trouble!, cancellationToken);
                return;
            }

            if (answer is not null)
            {
                trouble = await SettleAsync(items, places, answer, outcomes, cancellationToken);
            }

            if (places.Count == 0)
            {
                return;
            }

            if (places.Count < before)
            {
                (since, pause) = (time.GetTimestamp(), options.FirstPause);
            }

            if (time.GetElapsedTime(since) > options.Patience)
            {
                throw new SinkUnavailableException(
                    $"Elasticsearch at {connection.Address} took nothing for {options.Patience.TotalSeconds:0.###} s. "
                    + "What it acknowledged is kept; run the same command again when it is well. "
                    + $"Last answer: {trouble?.Message}", trouble);
            }

            // Jitter, so that many jobs that were pushed back together do not come back together.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }

    private async ValueTask<(IReadOnlyList<ItemOutcome>? Outcomes, ElasticException? Trouble)> TryOnceAsync(
        IReadOnlyList<BulkItem> items, List<int> places, CancellationToken cancellationToken)
    {
        var length = places.Sum(place => items[place].Lines.Length);
        await _inFlight.EnterAsync(length, cancellationToken);
        var pushedBack = true;
        var body = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var at = 0;
            foreach (var place in places)
            {
                items[place].Lines.CopyTo(body.AsMemory(at));
                at += items[place].Lines.Length;
            }

            using var answer = await connection.AskAsync(
                new ElasticQuestion("POST", _path, body.AsMemory(0, length)) { Bulk = true, Repeatable = false }, cancellationToken);
            using var json = answer.Json();
            var outcomes = BulkAnswer.Read(json.RootElement, places.Count);
            pushedBack = outcomes.Any(outcome => outcome.Fate == ItemFate.Again);
            return (outcomes, null);
        }
        catch (ElasticException error) when (error.Transient || IsAboutContent(error))
        {
            pushedBack = error.Transient;
            return (null, error);
        }
        catch (InvalidDataException error)
        {
            // Garbled: what was applied is not known, and writing it again changes nothing.
            return (null, new ElasticException(ElasticFailure.Unreachable, error.Message, error));
        }
        catch (ElasticException error)
        {
            throw new SinkUnavailableException($"{error.Message} What it acknowledged is kept; then run the same command again.", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
            _inFlight.Leave(length, pushedBack);
        }
    }

    // The whole request was refused for what is in it: some item is to blame, and the others must not pay.
    private static bool IsAboutContent(ElasticException error) => error.Status is 400 or 413;

    // Writes down what is settled and leaves in `places` what must be sent again.
    private async ValueTask<ElasticException?> SettleAsync(
        IReadOnlyList<BulkItem> items, List<int> places, IReadOnlyList<ItemOutcome> answer, ItemOutcome[] outcomes,
        CancellationToken cancellationToken)
    {
        var again = new List<int>();
        string? reason = null;
        for (var i = 0; i < places.Count; i++)
        {
            var (fate, why) = answer[i];
            if (fate == ItemFate.Stop)
            {
                throw new SinkUnavailableException(
                    $"Elasticsearch at {connection.Address} takes no documents into '{index}' ({why}). {BulkAnswer.Advice(why)} "
                    + "What it acknowledged is kept; then run the same command again.");
            }

            if (fate == ItemFate.Conflict && await HoldsAsync(items[places[i]], cancellationToken))
            {
                fate = ItemFate.Done;
            }

            if (fate is ItemFate.Again or ItemFate.Conflict)
            {
                again.Add(places[i]);
                reason = why;
                continue;
            }

            outcomes[places[i]] = new ItemOutcome(fate, fate == ItemFate.Poison ? $"Elasticsearch refused it: {why}" : why);
        }

        places.Clear();
        places.AddRange(again);
        return reason is null ? null : new ElasticException(ElasticFailure.Busy, reason);
    }

    private async ValueTask HalveAsync(
        IReadOnlyList<BulkItem> items, List<int> places, ItemOutcome[] outcomes, ElasticException trouble, CancellationToken cancellationToken)
    {
        if (places.Count == 1)
        {
            outcomes[places[0]] = new ItemOutcome(
                ItemFate.RefusedWhole,
                trouble.Status == 413 ? TooLarge(items[places[0]], "what something between takes") : trouble.Message);
            return;
        }

        var half = places.Count / 2;
        await SendPartAsync(items, places[..half], outcomes, cancellationToken);
        await SendPartAsync(items, places[half..], outcomes, cancellationToken);
    }

    // One refused request is a bad picture; all of them, each sent alone, are a server or a proxy that wants something else.
    private void EnsureNotAllRefused(List<int> part, ItemOutcome[] outcomes)
    {
        if (part.Count >= SurelyNotThePictures && part.All(place => outcomes[place].Fate == ItemFate.RefusedWhole))
        {
            throw new SinkUnavailableException(
                $"Elasticsearch at {connection.Address} refused each of {part.Count} documents, even sent alone: {outcomes[part[0]].Reason} "
                + "That is not the pictures' fault: look at http.max_content_length and at what stands between. Then run the same command again.");
        }

        foreach (var place in part.Where(place => outcomes[place].Fate == ItemFate.RefusedWhole))
        {
            outcomes[place] = outcomes[place] with { Fate = ItemFate.Poison };
        }
    }

    private async ValueTask<bool> HoldsAsync(BulkItem item, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(
                new ElasticQuestion("GET", $"{Uri.EscapeDataString(index)}/_doc/{Uri.EscapeDataString(item.Id)}?_source_includes={_layout.ContentHash}")
                {
                    MayBeMissing = true,
                },
                cancellationToken);
            using var json = answer.Json();
            return json.RootElement.TryGetProperty("_source", out var source) && _layout.HashIn(source) == item.ContentHash;
        }
        catch (ElasticException error) when (error.Transient)
        {
            return false; // not known: it is sent again
        }
        catch (ElasticException error)
        {
            throw new SinkUnavailableException(error.Message, error);
        }
    }

    // Parts under the limit of a body; what is over the server's own limit alone has its outcome here.
    private List<List<int>> Split(IReadOnlyList<BulkItem> items, ItemOutcome[] outcomes)
    {
        var parts = new List<List<int>>();
        var bytes = 0;
        for (var place = 0; place < items.Count; place++)
        {
            var length = items[place].Lines.Length;
            if (length > serverLimit)
            {
                outcomes[place] = new ItemOutcome(ItemFate.Poison, TooLarge(items[place], $"http.max_content_length, {serverLimit} bytes"));
                continue;
            }

            if (parts.Count == 0 || bytes + length > _mostBody)
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add(place);
            bytes += length;
        }

        return parts;
    }

    private static string TooLarge(BulkItem item, string limit) =>
        $"The picture is too large: {item.Lines.Length} bytes as a request, more than {limit}.";
}
