using System.Buffers;

namespace Filip.Embeddings.Pictures;

/// <summary>Turns pictures into the image tower's input, equal to Pillow 12's resizing to the bit.</summary>
/// <remarks>Safe for many threads at once; allocates only when a size comes that the last picture did not have.</remarks>
public sealed class PicturePreprocessor
{
    private const int Channels = 3;

    // For each channel the 256 values that a byte can become.
    private readonly float[][] _values = new float[Channels][];
    private volatile Plan? _last;

    /// <summary>Checks the options.</summary>
    /// <param name="options">The model's.</param>
    /// <exception cref="ArgumentException">A size, a mean or a deviation cannot be.</exception>
    public PicturePreprocessor(PreprocessingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Width is < 1 or > 8192 || options.Height is < 1 or > 8192 || options.Shortest is < 0 or > 8192)
        {
            throw new ArgumentException(
                $"Expected an input of 1 to 8,192 pixels a side, got {options.Width} x {options.Height} (shortest {options.Shortest}).",
                nameof(options));
        }

        if (options.Mean.Count != Channels || options.Std.Count != Channels)
        {
            throw new ArgumentException(
                $"Expected a mean and a deviation for R, G and B, got {options.Mean.Count} and {options.Std.Count}.", nameof(options));
        }

        if (!double.IsFinite(options.Rescale) || !options.Mean.All(double.IsFinite)
            || !options.Std.All(std => double.IsFinite(std) && std != 0))
        {
            throw new ArgumentException("Rescale, mean and deviation must be finite, the deviation not 0.", nameof(options));
        }

        Options = options;
        for (int channel = 0; channel < Channels; channel++)
        {
            _values[channel] = new float[256];
            for (int value = 0; value < 256; value++)
            {
                _values[channel][value] = (float)(((value * options.Rescale) - options.Mean[channel]) / options.Std[channel]);
            }
        }
    }

    /// <summary>How pictures become the tower's input.</summary>
    public PreprocessingOptions Options { get; }

    /// <summary>Numbers in one input: 3 × height × width.</summary>
    public int Length => Channels * Options.Width * Options.Height;

    /// <summary>How the tower's input lies over a picture of that size.</summary>
    /// <param name="width">The picture's width, at least 1.</param>
    /// <param name="height">The picture's height, at least 1.</param>
    public PictureGeometry Map(int width, int height) => new(Options, width, height);

    /// <summary>Writes a picture's input: channels first, rows from the top, <c>(byte × rescale - mean) / std</c>.</summary>
    /// <param name="picture">The decoded picture.</param>
    /// <param name="destination">Exactly <see cref="Length"/> numbers.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Prepare(RgbPicture picture, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (destination.Length != Length)
        {
            throw new ArgumentException(
                $"Expected room for 3 x {Options.Height} x {Options.Width} = {Length} numbers, got {destination.Length}.",
                nameof(destination));
        }

        byte[] pixels = ArrayPool<byte>.Shared.Rent(Length);
        try
        {
            WritePixels(picture, pixels.AsSpan(0, Length));
            int plane = Options.Width * Options.Height;
            for (int channel = 0; channel < Channels; channel++)
            {
                float[] values = _values[channel];
                Span<float> to = destination.Slice(channel * plane, plane);
                for (int i = 0, from = channel; i < to.Length; i++, from += Channels)
                {
                    to[i] = values[pixels[from]];
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>The resized, cropped or padded picture before its bytes become numbers.</summary>
    /// <param name="picture">The decoded picture.</param>
    public RgbPicture Resize(RgbPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        byte[] pixels = new byte[Length];
        WritePixels(picture, pixels);
        return new RgbPicture(pixels, Options.Width, Options.Height);
    }

    private void WritePixels(RgbPicture picture, Span<byte> input)
    {
        // Folders mostly hold pictures of one size; two threads with different sizes only make plans anew.
        Plan? plan = _last;
        if (plan is null || plan.Resize.SourceWidth != picture.Width || plan.Resize.SourceHeight != picture.Height)
        {
            _last = plan = MakePlan(picture.Width, picture.Height);
        }

        ResizeWindow window = plan.Resize.Window;
        if (window.Width == Options.Width && window.Height == Options.Height)
        {
            plan.Resize.Run(picture.Pixels, input);
            return;
        }

        // Centre crops of exports pad with zeros; only a fitted picture has a colour of its own around it.
        input.Fill(Options.Resize == ResizeMode.Longest ? Options.Fill : (byte)0);
        int rowBytes = Channels * window.Width;
        byte[] part = ArrayPool<byte>.Shared.Rent(rowBytes * window.Height);
        try
        {
            plan.Resize.Run(picture.Pixels, part.AsSpan(0, rowBytes * window.Height));
            for (int row = 0; row < window.Height; row++)
            {
                int to = Channels * (((plan.Top + row) * Options.Width) + plan.Left);
                part.AsSpan(row * rowBytes, rowBytes).CopyTo(input[to..]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private Plan MakePlan(int width, int height)
    {
        PictureGeometry geometry = Map(width, height);
        int left = Math.Max(geometry.OffsetX, 0);
        int top = Math.Max(geometry.OffsetY, 0);
        int right = Math.Min(geometry.OffsetX + Options.Width, geometry.ResizedWidth);
        int bottom = Math.Min(geometry.OffsetY + Options.Height, geometry.ResizedHeight);
        var window = new ResizeWindow(left, top, right - left, bottom - top);
        return new Plan(
            new ResizePlan(width, height, geometry.ResizedWidth, geometry.ResizedHeight, Options.Filter, window),
            left - geometry.OffsetX, top - geometry.OffsetY);
    }

    private sealed record Plan(ResizePlan Resize, int Left, int Top);
}
