namespace Filip.Recall.Embedded;

/// <summary>How the writer of an embedded index lays it out.</summary>
public sealed record EmbeddedIndexOptions
{
    /// <summary>A segment file is closed and another begun before it grows past this many bytes.</summary>
    /// <value>The default is 1 GiB; 64 KiB to 2,000,000,000 are taken. One record larger than this still gets a file of its own.</value>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary>Most bytes of pictures that share one fsync and one transaction.</summary>
    /// <value>The default is 64 MiB; at least 1. A single call is never split.</value>
    public long GroupBytes { get; init; } = 64L << 20;

    internal EmbeddedIndexOptions Validated()
    {
        if (SegmentBytes is < 64 << 10 or > 2_000_000_000)
        {
            throw new ArgumentOutOfRangeException(
                nameof(SegmentBytes), SegmentBytes, "A segment takes 65,536 to 2,000,000,000 bytes; leave it at the default of 1 GiB.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(GroupBytes, 1, nameof(GroupBytes));
        return this;
    }
}
