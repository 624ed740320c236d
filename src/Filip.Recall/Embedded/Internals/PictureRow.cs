namespace Filip.Recall.Embedded.Internals;

/// <summary>A picture's place in the index: its row and where its bytes lie, with their checksums.</summary>
internal readonly record struct PictureRow(
    long Row, SegmentPlace Pooled, uint PooledChecksum, SegmentPlace Patches, int PatchLength, uint PatchChecksum);
