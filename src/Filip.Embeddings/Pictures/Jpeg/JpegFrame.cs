namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>One colour component of a frame: its sampling, and how far the scans have brought it.</summary>
internal sealed class JpegComponent(byte id, int h, int v)
{
    /// <summary>Identifier in the frame header.</summary>
    public byte Id { get; } = id;

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public int H { get; } = h;

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public int V { get; } = v;

    /// <summary>Which coefficients of each block are other than zero, a bit each in coded order; progressive frames only.</summary>
    public ulong[] Known { get; set; } = [];

    /// <summary>For each coefficient the lowest bit that scans have brought; -1 where none has.</summary>
    public sbyte[] LowestBit { get; } = [.. Enumerable.Repeat((sbyte)-1, 64)];

    /// <summary>Table for DC differences in the current scan.</summary>
    public HuffmanTable? Dc { get; set; }

    /// <summary>Table for AC runs in the current scan.</summary>
    public HuffmanTable? Ac { get; set; }
}

/// <summary>What the frame header says.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Progressive">Whether coefficients come in several scans.</param>
/// <param name="Components">The components in the order of the header: 1, 3 or 4.</param>
internal sealed record JpegFrame(int Width, int Height, bool Progressive, JpegComponent[] Components)
{
    /// <summary>Largest horizontal factor.</summary>
    public int MaxH { get; } = Components.Max(component => component.H);

    /// <summary>Largest vertical factor.</summary>
    public int MaxV { get; } = Components.Max(component => component.V);

    /// <summary>Interleaved units in a row.</summary>
    public int UnitsWide => Ceiling(Width, 8 * MaxH);

    /// <summary>Rows of interleaved units.</summary>
    public int UnitsHigh => Ceiling(Height, 8 * MaxV);

    /// <summary>Whether a component has fewer samples than the picture has pixels.</summary>
    public bool Subsampled => Components.Any(component => component.H != MaxH || component.V != MaxV);

    /// <summary>Blocks in a row of a scan of this component alone.</summary>
    public int BlocksWide(JpegComponent component) => Ceiling(Ceiling(Width * component.H, MaxH), 8);

    /// <summary>Rows of blocks of a scan of this component alone.</summary>
    public int BlocksHigh(JpegComponent component) => Ceiling(Ceiling(Height * component.V, MaxV), 8);

    private static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;
}
