namespace Filip.Embeddings.Towers;

/// <summary>One item of a batch cannot be encoded; the others can, without it.</summary>
/// <param name="item">Position of the item in the batch, from 0.</param>
/// <param name="message">What was found, what was expected, what to do.</param>
public sealed class RefusedInputException(int item, string message) : ArgumentException(message)
{
    /// <summary>Position of the refused item in the batch, from 0.</summary>
    public int Item { get; } = item;
}
