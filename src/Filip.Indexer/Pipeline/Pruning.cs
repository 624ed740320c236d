using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>Removes pictures that the source no longer names.</summary>
internal static class Pruning
{
    private const int MostAtOnce = 1_000;
    private const int MostRemembered = 100_000;

    /// <summary>Why this listing is no proof that a picture is gone; null where it is one.</summary>
    public static string? Objection(IndexingOptions options, Listing listing, bool drained) => true switch
    {
        _ when !options.Shard.IsWhole =>
            $"Nothing was pruned: this job saw shard {options.Shard} alone. Prune with a job over the whole source.",
        _ when drained => "Nothing was pruned: the job was stopped before the source was listed to its end.",
        _ when listing.Unreadable > 0 =>
            $"Nothing was pruned: {listing.Unreadable} lines or folders of the source could not be read, and what they name may "
            + "still be wanted. Mend them (see the dead letters) and run again.",
        _ when listing.Seen.Count == 0 =>
            "Nothing was pruned: the source names no picture at all. Is it the right one, and mounted?",
        _ => null,
    };

    /// <summary>Removes what the index holds and the listing did not name; returns how many.</summary>
    public static async Task<long> RunAsync(IImageSink sink, SeenIds seen, CancellationToken cancellationToken)
    {
        long pruned = 0;
        while (true)
        {
            // Listed first and removed then, so that no index has to list what is changing under it.
            var gone = new List<string>();
            await foreach (var id in sink.ListIdsAsync(cancellationToken))
            {
                if (!seen.Contains(id))
                {
                    gone.Add(id);
                    if (gone.Count == MostRemembered)
                    {
                        break;
                    }
                }
            }

            long removed = 0;
            foreach (var ids in gone.Chunk(MostAtOnce))
            {
                removed += await sink.DeleteAsync(ids, cancellationToken);
            }

            pruned += removed;
            if (gone.Count < MostRemembered || removed == 0)
            {
                return pruned;
            }
        }
    }
}
