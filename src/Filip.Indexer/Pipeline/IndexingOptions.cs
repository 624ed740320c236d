using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>How an indexing job works. The defaults suit a machine of any size.</summary>
public sealed record IndexingOptions
{
    /// <summary>Pictures the image tower is given at once.</summary>
    /// <value>1 to 256; the default is 8 (fastest on a processor; a GPU likes 32 or more).</value>
    public int BatchSize { get; init; } = 8;

    /// <summary>How many workers decode and encode; each calls the tower by itself.</summary>
    /// <value>1 to 256; the default is the number of processors.</value>
    public int Concurrency { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <summary>How many files are read at once.</summary>
    /// <value>1 to 256; the default is 4.</value>
    public int Readers { get; init; } = 4;

    /// <summary>Pictures in one write.</summary>
    /// <value>1 to 10,000; the default is 128.</value>
    public int WriteBatch { get; init; } = 128;

    /// <summary>How many writes are on their way at once.</summary>
    /// <value>1 to 64; the default is 2.</value>
    public int Writers { get; init; } = 2;

    /// <summary>The largest file that is read, in bytes.</summary>
    /// <value>1 to 1 GiB; the default is 32 MB.</value>
    public long MaxFileBytes { get; init; } = 32_000_000;

    /// <summary>Bytes of undecoded files that may wait in memory, all together.</summary>
    /// <value>At least <see cref="MaxFileBytes"/>; the default is 256 MB.</value>
    public long BufferBytes { get; init; } = 256_000_000;

    /// <summary>Which part of the source to index.</summary>
    /// <value>The default is all of it.</value>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Whether pictures that the source no longer names are removed from the index.</summary>
    /// <remarks>Done only after a whole, unsharded listing without unreadable lines or folders; else it is left out and the summary's notes say why.</remarks>
    public bool Prune { get; init; }

    /// <summary>Whether pictures named by URL are fetched.</summary>
    /// <value>The default is no: each is a dead letter that says so.</value>
    public bool AllowUrls { get; init; }

    /// <summary>Where dead letters go; written anew by each job, and only if there are any.</summary>
    /// <value>The default is <c>dead-letters.jsonl</c> in the current folder.</value>
    public string DeadLetterFile { get; init; } = "dead-letters.jsonl";

    /// <summary>How often progress is reported.</summary>
    /// <value>10 ms to 1 hour; the default is half a second.</value>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">What was found, and the range.</exception>
    public void Validate()
    {
        Within(BatchSize, 1, 256, nameof(BatchSize));
        Within(Concurrency, 1, 256, nameof(Concurrency));
        Within(Readers, 1, 256, nameof(Readers));
        Within(WriteBatch, 1, 10_000, nameof(WriteBatch));
        Within(Writers, 1, 64, nameof(Writers));
        Within(MaxFileBytes, 1, 1L << 30, nameof(MaxFileBytes));
        Within(BufferBytes, MaxFileBytes, long.MaxValue, nameof(BufferBytes));
        Within(ProgressInterval.Ticks, TimeSpan.TicksPerMillisecond * 10, TimeSpan.TicksPerHour, nameof(ProgressInterval));
        ArgumentNullException.ThrowIfNull(Shard);
        ArgumentException.ThrowIfNullOrWhiteSpace(DeadLetterFile);
    }

    private static void Within(long value, long least, long most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{name} is {value}; it must be from {least} to {most}.");
        }
    }
}
