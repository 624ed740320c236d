namespace Filip.Indexer.Elastic;

/// <summary>One line pair of a bulk body: what is to be done, and with what.</summary>
/// <param name="Id">The document's id.</param>
/// <param name="ContentHash">What it will hold; compared when the server answers 409. Empty for a deletion.</param>
/// <param name="Lines">The action line and the document line, each with its line feed; the action line alone for a deletion.</param>
internal sealed record BulkItem(string Id, string ContentHash, ReadOnlyMemory<byte> Lines);

/// <summary>What became of one item, and why where it was not simply done.</summary>
internal readonly record struct ItemOutcome(ItemFate Fate, string? Reason);

/// <summary>What the server did with one item.</summary>
internal enum ItemFate
{
    /// <summary>It is in the index (or gone from it, for a deletion).</summary>
    Done,

    /// <summary>A deletion found nothing.</summary>
    WasMissing,

    /// <summary>Busy: sending it again may help.</summary>
    Again,

    /// <summary>Another version is there: look whether it is ours.</summary>
    Conflict,

    /// <summary>This document will never be taken.</summary>
    Poison,

    /// <summary>The whole request was refused with this item alone in it.</summary>
    RefusedWhole,

    /// <summary>No document will be taken until somebody does something.</summary>
    Stop,
}
