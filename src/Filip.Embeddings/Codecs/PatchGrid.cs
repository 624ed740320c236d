namespace Filip.Embeddings.Codecs;

/// <summary>How a picture's patches lie: row-major, index = width * y + x.</summary>
/// <param name="Width">Patches across; 0 where the model has no grid.</param>
/// <param name="Height">Patches down; 0 where the model has no grid.</param>
public readonly record struct PatchGrid(int Width, int Height)
{
    /// <summary>No grid: the rows are learned tokens or regions, and nothing can be drawn over a picture.</summary>
    public static PatchGrid None => default;

    /// <summary>True where the model gives no grid.</summary>
    public bool IsNone => Width == 0 && Height == 0;

    /// <summary>True for no grid, or one that holds exactly this many rows.</summary>
    /// <param name="rows">Rows of the picture.</param>
    public bool Holds(int rows) => IsNone || (Width > 0 && Height > 0 && (long)Width * Height == rows);
}
