namespace Filip.Indexer.Pipeline;

/// <summary>A job under way, at one moment.</summary>
/// <param name="Total">How many items the source will give; null while that is not known.</param>
/// <param name="Indexed">Pictures acknowledged by the index.</param>
/// <param name="Unchanged">Pictures the index held already.</param>
/// <param name="Failed">Dead letters.</param>
/// <param name="Elapsed">Time since the job began.</param>
/// <param name="PicturesPerSecond">Items done a second, lately.</param>
/// <param name="Remaining">Time left at that rate; null while it cannot be told.</param>
public sealed record IndexingProgress(
    long? Total,
    long Indexed,
    long Unchanged,
    long Failed,
    TimeSpan Elapsed,
    double PicturesPerSecond,
    TimeSpan? Remaining)
{
    /// <summary>Items done, whatever became of them.</summary>
    public long Done => Indexed + Unchanged + Failed;
}
