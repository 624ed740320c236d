using System.Buffers;
using System.Text.Json;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Sends bulks until each item has an outcome: written, or refused for good with a reason.</summary>
/// <remarks>
/// The one layer that sends bulks again (the connection is asked not to). Items that the server was too busy for are sent
/// again alone; the others are not. While nothing moves for longer than <see cref="BulkOptions.Patience"/> the job ends
/// with <see cref="SinkUnavailableException"/>; what was acknowledged stays.
/// </remarks>
internal sealed class BulkPump(
    ElasticConnection connection, string index, BulkOptions options, long serverLimit, TimeProvider time)
{
    private readonly string _path = Uri.EscapeDataString(index) + "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";
    private readonly InFlightBytes _inFlight = new(options.MostBytesInFlight);
    private readonly int _mostBody = (int)Math.Min(options.MostBodyBytes, serverLimit * 9 / 10);

    /// <summary>Sends items; one fate each (only <see cref="ItemFate.Done"/>, <see cref="ItemFate.WasMissing"/> and <see cref="ItemFate.Poison"/> come back).</summary>
    /// <param name="items">At least one; ids differ.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="SinkUnavailableException">The server is away, full or refuses us altogether.</exception>
    public async ValueTask<IReadOnlyList<(ItemFate Fate, string? Reason)>> SendAsync(
        IReadOnlyList<BulkItem> items, CancellationToken cancellationToken)
    {
        var fates = new (ItemFate Fate, string? Reason)[items.Count];
        var places = Enumerable.Range(0, items.Count).ToList();
        await Task.WhenAll(Split(items, places).Select(part => SendPartAsync(items, part, fates, cancellationToken)));
        return fates;
    }

    private async Task SendPartAsync(
        IReadOnlyList<BulkItem> items, List<int> places, (ItemFate Fate, string? Reason)[] fates, CancellationToken cancellationToken)
    {
        var pause = options.FirstPause;
        var since = time.GetTimestamp();
        while (places.Count > 0)
        {
            var before = places.Count;
            var (answer, trouble) = await TryOnceAsync(items, places, cancellationToken);
            if (answer is null && trouble is { Status: 413 })
            {
                await SplitTooLargeAsync(items, places, fates, trouble, cancellationToken);
                return;
            }

            if (answer is not null)
            {
                trouble = await SettleAsync(items, places, answer, fates, cancellationToken);
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
                    $"Elasticsearch at {connection.Address} took nothing for {options.Patience.TotalSeconds:0} s. "
                    + "What it acknowledged is kept; run the same command again when it is well. "
                    + $"Last answer: {trouble?.Message}", trouble);
            }

            // Jitter, so that many jobs that were pushed back together do not come back together.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }

    private async ValueTask<(IReadOnlyList<(ItemFate Fate, string? Reason)>? Fates, ElasticException? Trouble)> TryOnceAsync(
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
            var fates = BulkAnswer.Read(json.RootElement, places.Count);
            pushedBack = fates.Any(fate => fate.Fate == ItemFate.Again);
            return (fates, null);
        }
        catch (ElasticException error) when (error.Transient || error.Status == 413)
        {
            return (null, error);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException)
        {
            // Cut or garbled: what was applied is not known, and writing it again changes nothing.
            return (null, new ElasticException(ElasticFailure.Unreachable, $"The answer to a bulk could not be read: {error.Message}", error));
        }
        catch (ElasticException error)
        {
            throw new SinkUnavailableException(error.Message, error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
            _inFlight.Leave(length, pushedBack);
        }
    }

    // Writes down what is settled and leaves in `places` what must be sent again.
    private async ValueTask<ElasticException?> SettleAsync(
        IReadOnlyList<BulkItem> items, List<int> places, IReadOnlyList<(ItemFate Fate, string? Reason)> answer,
        (ItemFate Fate, string? Reason)[] fates, CancellationToken cancellationToken)
    {
        var again = new List<int>();
        string? reason = null;
        for (var i = 0; i < places.Count; i++)
        {
            var (fate, why) = answer[i];
            if (fate == ItemFate.Stop)
            {
                throw new SinkUnavailableException(
                    $"Elasticsearch at {connection.Address} takes no documents into '{index}' ({why}). {Advice(why)} "
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

            fates[places[i]] = (fate, why);
        }

        places.Clear();
        places.AddRange(again);
        return reason is null ? null : new ElasticException(ElasticFailure.Busy, reason);
    }

    private async Task SplitTooLargeAsync(
        IReadOnlyList<BulkItem> items, List<int> places, (ItemFate Fate, string? Reason)[] fates, ElasticException trouble,
        CancellationToken cancellationToken)
    {
        if (places.Count == 1)
        {
            fates[places[0]] = (ItemFate.Poison, $"too large: {items[places[0]].Lines.Length} bytes ({trouble.Message})");
            return;
        }

        var half = places.Count / 2;
        await SendPartAsync(items, places[..half], fates, cancellationToken);
        await SendPartAsync(items, places[half..], fates, cancellationToken);
    }

    private async ValueTask<bool> HoldsAsync(BulkItem item, CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(
            new ElasticQuestion("GET", $"{Uri.EscapeDataString(index)}/_doc/{Uri.EscapeDataString(item.Id)}?_source_includes={ElasticFields.ContentHash}")
            {
                MayBeMissing = true,
            },
            cancellationToken);
        using var json = answer.Json();
        return json.RootElement.TryGetProperty("_source", out var source)
            && source.TryGetProperty(ElasticFields.ContentHash, out var hash) && hash.GetString() == item.ContentHash;
    }

    private IEnumerable<List<int>> Split(IReadOnlyList<BulkItem> items, List<int> places)
    {
        var part = new List<int>();
        var bytes = 0;
        foreach (var place in places)
        {
            var length = items[place].Lines.Length;
            if (part.Count > 0 && bytes + length > _mostBody)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(place);
            bytes += length;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static string Advice(string? why) => why switch
    {
        not null when why.Contains("flood-stage", StringComparison.Ordinal) => "Its disk is over the flood stage: free disk or add nodes.",
        not null when why.StartsWith("security_exception", StringComparison.Ordinal) => "The key lacks a privilege; elastic/roles.md names those that are needed.",
        not null when why.StartsWith("index_closed", StringComparison.Ordinal) => "Open the index.",
        not null when why.StartsWith("index_not_found", StringComparison.Ordinal) => "Somebody deleted the index while it was being filled.",
        _ => "Take the block off the index (index.blocks.*).",
    };
}
