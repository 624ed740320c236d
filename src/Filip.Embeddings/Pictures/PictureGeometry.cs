namespace Filip.Embeddings.Pictures;

/// <summary>A rectangle in pixels, not necessarily whole ones.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">From the left edge to the right one.</param>
/// <param name="Height">From the top edge to the bottom one.</param>
public readonly record struct PictureRectangle(double X, double Y, double Width, double Height);

/// <summary>How the tower's input lies over one picture: from a size and the options to every position.</summary>
/// <remarks>Resized pixel <c>r</c> stands at input position <c>r - Offset</c>; a negative offset is padding.</remarks>
public sealed record PictureGeometry
{
    /// <summary>Works out the geometry of one size of picture.</summary>
    /// <param name="options">How pictures become the tower's input.</param>
    /// <param name="width">The picture's width, at least 1.</param>
    /// <param name="height">The picture's height, at least 1.</param>
    public PictureGeometry(PreprocessingOptions options, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Width, Height, InputWidth, InputHeight) = (width, height, options.Width, options.Height);
        switch (options.Resize)
        {
            case ResizeMode.Shortest:
                int target = options.Shortest > 0 ? options.Shortest : Math.Min(options.Width, options.Height);

                // Cut, not rounded: the long side of every export we follow is int(size * long / short).
                ResizedWidth = width <= height ? target : (int)((double)target * width / height);
                ResizedHeight = width <= height ? (int)((double)target * height / width) : target;
                OffsetX = CropStart(ResizedWidth, InputWidth, options.Crop);
                OffsetY = CropStart(ResizedHeight, InputHeight, options.Crop);
                break;
            case ResizeMode.Longest:
                bool wide = (long)width * options.Height >= (long)height * options.Width;
                ResizedWidth = wide ? options.Width : Rounded(width, options.Height, height);
                ResizedHeight = wide ? Rounded(height, options.Width, width) : options.Height;
                OffsetX = -((InputWidth - ResizedWidth) / 2);
                OffsetY = -((InputHeight - ResizedHeight) / 2);
                break;
            default:
                (ResizedWidth, ResizedHeight) = (options.Width, options.Height);
                break;
        }
    }

    /// <summary>The picture's width.</summary>
    public int Width { get; }

    /// <summary>The picture's height.</summary>
    public int Height { get; }

    /// <summary>Width of the tower's input.</summary>
    public int InputWidth { get; }

    /// <summary>Height of the tower's input.</summary>
    public int InputHeight { get; }

    /// <summary>Width of the resized picture, before crop or padding.</summary>
    public int ResizedWidth { get; }

    /// <summary>Height of the resized picture, before crop or padding.</summary>
    public int ResizedHeight { get; }

    /// <summary>Column of the resized picture that is the input's first; negative where it is padded.</summary>
    public int OffsetX { get; }

    /// <summary>Row of the resized picture that is the input's first; negative where it is padded.</summary>
    public int OffsetY { get; }

    /// <summary>Where a rectangle of the tower's input lies in the picture, cut to the picture's edges.</summary>
    /// <remarks>Empty (width or height 0, at the nearest edge) for one that lies wholly in padding.</remarks>
    public PictureRectangle Map(PictureRectangle input)
    {
        double left = Math.Clamp(ToPictureX(input.X), 0, Width);
        double top = Math.Clamp(ToPictureY(input.Y), 0, Height);
        double right = Math.Clamp(ToPictureX(input.X + input.Width), 0, Width);
        double bottom = Math.Clamp(ToPictureY(input.Y + input.Height), 0, Height);
        return new PictureRectangle(left, top, right - left, bottom - top);
    }

    /// <summary>Where one patch of a grid over the tower's input lies in the picture.</summary>
    /// <param name="row">Row of the patch, from 0.</param>
    /// <param name="column">Column of the patch, from 0.</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    public PictureRectangle MapPatch(int row, int column, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        double width = (double)InputWidth / columns;
        double height = (double)InputHeight / rows;
        return Map(new PictureRectangle(column * width, row * height, width, height));
    }

    /// <summary>A column of the picture, in columns of the tower's input.</summary>
    public double ToInputX(double x) => (x * ResizedWidth / Width) - OffsetX;

    /// <summary>A row of the picture, in rows of the tower's input.</summary>
    public double ToInputY(double y) => (y * ResizedHeight / Height) - OffsetY;

    private double ToPictureX(double x) => (x + OffsetX) * Width / ResizedWidth;

    private double ToPictureY(double y) => (y + OffsetY) * Height / ResizedHeight;

    // The product first, as it is exact, so that a half is seen as one; never less than a pixel.
    private static int Rounded(int side, int target, int other) =>
        Math.Max(1, (int)Math.Round((double)side * target / other, MidpointRounding.ToEven));

    private static int CropStart(int side, int size, CropRule rule)
    {
        int rest = side - size;
        return rule switch
        {
            CropRule.Torchvision when rest >= 0 => (int)Math.Round(rest / 2.0, MidpointRounding.ToEven),
            CropRule.Torchvision => -(-rest / 2),
            _ => (int)Math.Floor(rest / 2.0),
        };
    }
}
