using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Filip.Embeddings;

namespace Filip.Recall.Embedded.Internals;

/// <summary>One picture looked at closely.</summary>
internal static class PictureInspection
{
    public static EmbeddedPictureFacts? Inspect(
        string folder, string generation, IndexStamp stamp, string id, CancellationToken cancellationToken)
    {
        if (PictureLookUp.Whole(folder, id, cancellationToken) is not { } found)
        {
            return null;
        }

        List<(SegmentKind, int, int)> segments;
        using (var connection = IndexDatabase.OpenReader(folder))
        {
            segments = CatalogueReader.ReadSegments(connection);
        }

        using var sources = new SegmentSources(folder, segments);
        var place = found.Place;
        var pooled = sources.Read(SegmentKind.Pooled, place.Pooled, stamp.PooledDimension * sizeof(float));
        var length = TensorPrimitives.Norm(MemoryMarshal.Cast<byte, float>(pooled));
        var pooledPlace = PlaceOf(SegmentKind.Pooled, place.Pooled, pooled, place.PooledChecksum);
        var record = sources.Read(SegmentKind.Patches, place.Patches, place.PatchLength);
        return new EmbeddedPictureFacts(
            id, found.ContentHash, found.Fields, generation, length, pooledPlace,
            PlaceOf(SegmentKind.Patches, place.Patches, record, place.PatchChecksum));
    }

    private static StoredPlace PlaceOf(SegmentKind kind, SegmentPlace place, ReadOnlySpan<byte> bytes, uint checksum) => new(
        SegmentHeader.NameOf(kind, place.Segment), place.Offset, bytes.Length, checksum, Checksum.Of(bytes) == checksum);
}
