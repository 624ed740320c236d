using System.Runtime.CompilerServices;
using Filip.Indexer.Sources;

namespace Filip.Cli.Opening;

/// <summary>A source whose pictures come without caption and attributes.</summary>
/// <remarks>
/// An attached index holds those already, in the user's own fields. Were they part of what is written, a price that
/// changes would encode the picture again.
/// </remarks>
/// <param name="source">Names the pictures.</param>
internal sealed class BareSource(IPictureSource source) : IPictureSource
{
    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in source.ReadAsync(cancellationToken))
        {
            yield return item is SourceItem.Named named
                ? new SourceItem.Named(named.Entry with { Caption = null, Attributes = PictureEntry.NoAttributes })
                : item;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long?> CountAsync(CancellationToken cancellationToken) => source.CountAsync(cancellationToken);
}
