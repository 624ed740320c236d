using System.Buffers;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>One colour component of a frame: its sampling, its state between scans, its samples.</summary>
internal sealed class JpegComponent
{
    /// <summary>Identifier in the frame header.</summary>
    public required byte Id { get; init; }

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public required int H { get; init; }

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public required int V { get; init; }

    /// <summary>Number of its quantisation table.</summary>
    public required int QuantizationTable { get; init; }

    /// <summary>Samples in a row that belong to the picture.</summary>
    public int Width { get; private set; }

    /// <summary>Rows of samples that belong to the picture.</summary>
    public int Height { get; private set; }

    /// <summary>Blocks in a row of a scan of this component alone.</summary>
    public int BlocksWide { get; private set; }

    /// <summary>Rows of blocks of a scan of this component alone.</summary>
    public int BlocksHigh { get; private set; }

    /// <summary>Blocks in a stored row: padded to whole interleaved units.</summary>
    public int StoredBlocksWide { get; private set; }

    /// <summary>Bytes in a row of <see cref="Plane"/>.</summary>
    public int Stride => StoredBlocksWide * 8;

    /// <summary>Decoded samples, rented.</summary>
    public byte[] Plane { get; private set; } = [];

    /// <summary>Coefficients of a progressive frame, 64 a block in natural order, rented; empty otherwise.</summary>
    public short[] Coefficients { get; private set; } = [];

    /// <summary>Steps in natural order, as they were when the component's first scan began.</summary>
    public int[]? Steps { get; set; }

    /// <summary>Last DC value.</summary>
    public int Prediction { get; set; }

    /// <summary>Table for DC differences in the current scan.</summary>
    public HuffmanTable? Dc { get; set; }

    /// <summary>Table for AC runs in the current scan.</summary>
    public HuffmanTable? Ac { get; set; }

    /// <summary>For each coefficient the lowest bit that scans have brought; -1 where none has.</summary>
    public sbyte[] LowestBit { get; } = [.. Enumerable.Repeat((sbyte)-1, 64)];

    /// <summary>Computes the sizes and rents the storage.</summary>
    public void Allocate(JpegFrame frame)
    {
        Width = Ceiling(frame.Width * H, frame.MaxH);
        Height = Ceiling(frame.Height * V, frame.MaxV);
        BlocksWide = Ceiling(Width, 8);
        BlocksHigh = Ceiling(Height, 8);
        StoredBlocksWide = frame.UnitsWide * H;
        int blocks = StoredBlocksWide * frame.UnitsHigh * V;
        Plane = ArrayPool<byte>.Shared.Rent(blocks * 64);
        if (frame.Progressive)
        {
            Coefficients = ArrayPool<short>.Shared.Rent(blocks * 64);
            Coefficients.AsSpan(0, blocks * 64).Clear();
        }
    }

    /// <summary>Gives the storage back.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(Plane);
        ArrayPool<short>.Shared.Return(Coefficients);
        (Plane, Coefficients) = ([], []);
    }

    /// <summary>Where a block's 64 coefficients begin.</summary>
    public int CoefficientOffset(int row, int column) => ((row * StoredBlocksWide) + column) * 64;

    /// <summary>Where a block's samples begin in <see cref="Plane"/>.</summary>
    public int PlaneOffset(int row, int column) => (row * 8 * Stride) + (column * 8);

    internal static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;
}

/// <summary>What the frame header says.</summary>
internal sealed class JpegFrame
{
    /// <summary>Pixels in a row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Whether coefficients come in several scans.</summary>
    public required bool Progressive { get; init; }

    /// <summary>The components in the order of the header: 1, 3 or 4.</summary>
    public required JpegComponent[] Components
    {
        get;
        init => (field, MaxH, MaxV) = (value, value.Max(component => component.H), value.Max(component => component.V));
    }

    /// <summary>Largest horizontal factor.</summary>
    public int MaxH { get; private init; }

    /// <summary>Largest vertical factor.</summary>
    public int MaxV { get; private init; }

    /// <summary>Interleaved units in a row.</summary>
    public int UnitsWide => JpegComponent.Ceiling(Width, 8 * MaxH);

    /// <summary>Rows of interleaved units.</summary>
    public int UnitsHigh => JpegComponent.Ceiling(Height, 8 * MaxV);
}
