namespace Filip.Indexer.Sources;

/// <summary>Something that names pictures: a folder, a manifest, an existing index.</summary>
/// <remarks>
/// Streams: a source of 100 million pictures holds no more in memory than one of ten. It names pictures; the job reads
/// them. What the source cannot make a picture of is a <see cref="SourceItem"/> of its own, never an exception.
/// </remarks>
public interface IPictureSource
{
    /// <summary>The source as its user named it; stands in dead letters and messages.</summary>
    string Name { get; }

    /// <summary>Everything the source names, in its own order; each call starts anew.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="SourceRefusedException">The source as a whole cannot be read.</exception>
    /// <exception cref="SourceUnavailableException">What the source is kept in is down; the listing is not whole.</exception>
    IAsyncEnumerable<SourceItem> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How many items a listing will give, for progress; an estimate, null where counting is not cheap.</summary>
    /// <param name="cancellationToken">Ends the count.</param>
    ValueTask<long?> CountAsync(CancellationToken cancellationToken);
}

/// <summary>The source as a whole cannot be read: it is not there, or is no such thing.</summary>
/// <param name="message">What was found, what was expected, what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class SourceRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What the source is kept in is down, or went away while it was read: what was listed is not all of it.</summary>
/// <param name="message">What was found and what to do; never with credentials.</param>
/// <param name="inner">The cause.</param>
public sealed class SourceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
