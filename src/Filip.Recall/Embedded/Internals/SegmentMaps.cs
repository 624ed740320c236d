using Filip.Embeddings;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Keeps the mapped segments in step with what the database vouches for.</summary>
internal static class SegmentMaps
{
    /// <summary>Maps what is new or has grown, keeps the rest; the maps that are no longer needed are the caller's to release.</summary>
    public static (Dictionary<int, SegmentMap> Maps, List<SegmentMap> Replaced) Follow(
        string folder, IndexStamp stamp, Dictionary<int, SegmentMap> before, List<(SegmentKind Kind, int Number, int Length)> wanted)
    {
        Dictionary<int, SegmentMap> maps = [];
        List<SegmentMap> opened = [];
        try
        {
            foreach (var (kind, number, length) in wanted)
            {
                if (before.TryGetValue(number, out var known) && known.Length == length && known.Header.Kind == kind)
                {
                    maps[number] = known;
                    continue;
                }

                var header = new SegmentHeader(
                    kind, number, kind == SegmentKind.Pooled ? stamp.PooledDimension : 0, SegmentHeader.ShortFingerprint(stamp.Fingerprint));
                var map = SegmentMap.Open(folder, header, length);
                opened.Add(map);
                maps[number] = map;
            }
        }
        catch
        {
            opened.ForEach(map => map.Release());
            throw;
        }

        return (maps, [.. before.Values.Where(map => maps.GetValueOrDefault(map.Header.Number) != map)]);
    }
}
