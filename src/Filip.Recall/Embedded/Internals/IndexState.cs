namespace Filip.Recall.Embedded.Internals;

/// <summary>One consistent state of an open index.</summary>
internal readonly record struct IndexState(
    Catalogue Catalogue, IReadOnlyDictionary<int, SegmentMap> Segments, FieldColumns? Columns);
