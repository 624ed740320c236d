using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models.Exports;

/// <summary>What an image tower was found to be.</summary>
/// <param name="Facts">For the manifest.</param>
/// <param name="PooledDimension">Values in its pooled output, or null where it has none.</param>
internal sealed record DraftedImage(ImageTowerFacts Facts, int? PooledDimension);

/// <summary>Finds out names, sizes and habits of an image tower by asking it.</summary>
internal static class ImageDiscovery
{
    private static readonly string[] s_patches = ["patch", "last_hidden_state", "tokens", "hidden"];
    private static readonly string[] s_pooled = ["global", "image_embeds", "embeds", "pooled", "pooler_output"];

    /// <summary>Runs the tower once and drafts its part of the manifest.</summary>
    /// <exception cref="InvalidDataException">It is no image tower, or one that is not supported; the message says why.</exception>
    public static DraftedImage Draft(string folder, string file, PreprocessingOptions preprocessing, IReadOnlyList<int>? grid)
    {
        var probe = TowerProbe.Signature(folder, file);
        if (probe.Inputs is not [{ Type: "float", Shape.Count: 4 } input])
        {
            throw new InvalidDataException(
                $"'{file}' takes {string.Join(", ", probe.Inputs)}; one input of pixels, float [n, 3, height, width], is expected of an image tower.");
        }

        int[] wanted = [3, preprocessing.Height, preprocessing.Width];
        if (input.Shape.Skip(1).Zip(wanted).Any(side => side.First > 0 && side.First != side.Second))
        {
            throw new InvalidDataException(
                $"'{file}' takes {input}, but the configuration prepares pictures of 3 x {preprocessing.Height} x {preprocessing.Width}. "
                + "The configuration belongs to another export.");
        }

        var patches = TowerProbe.Choose(probe, file, rank: 3, s_patches)
            ?? throw new InvalidDataException(
                $"'{file}' gives {string.Join(", ", probe.Outputs)}; rows of patches, float [n, rows, dimension], are expected. "
                + "Export the patch embeddings too; a pooled vector alone is not enough for late interaction.");
        var pooled = TowerProbe.Choose(probe, file, rank: 2, s_pooled);

        var pixels = new float[wanted.Aggregate(1, (product, side) => product * side)];
        new PicturePreprocessor(preprocessing).Prepare(GoldenPattern.Draw(preprocessing.Width * 2, preprocessing.Height * 2), pixels);
        var answers = TowerProbe.AskPicture(folder, file, input, pixels, wanted, [.. new[] { patches, pooled }.OfType<string>()]);
        var (shape, values) = answers[0];
        if (shape.Length != 3)
        {
            throw new InvalidDataException($"'{file}' answers in the shape [{string.Join(", ", shape)}]; [n, rows, dimension] is expected.");
        }

        var (leading, found) = Layout(shape[1], preprocessing, grid);
        var rows = values.AsSpan(leading * shape[2], (shape[1] - leading) * shape[2]);
        return new(
            new ImageTowerFacts
            {
                File = file,
                Input = input.Name,
                PatchesOutput = patches,
                PooledOutput = pooled,
                Preprocessing = preprocessing,
                Rows = shape[1] - leading,
                Dimension = shape[2],
                Grid = found,
                LeadingTokens = leading,
                RowsUnitLength = TowerProbe.AreUnit(rows, shape[2]),
            },
            answers.Count > 1 ? answers[1].Shape[^1] : null);
    }

    /// <summary>How many leading rows are no patches, and the grid of the rest.</summary>
    internal static (int Leading, IReadOnlyList<int>? Grid) Layout(int rows, PreprocessingOptions pictures, IReadOnlyList<int>? configured)
    {
        // A class token, perhaps some registers: more than 16 are not seen, and mean that the grid is another.
        if (configured is [var height, var width] && rows - (height * width) is >= 0 and <= 16 and var leading)
        {
            return (leading, configured);
        }

        // A token-reduced model has rows for no place: no grid, nothing to drop.
        for (leading = 0; leading <= 1; leading++)
        {
            for (width = 1; width <= rows; width++)
            {
                height = (rows - leading) / width;
                if (height * width == rows - leading && (long)height * pictures.Width == (long)width * pictures.Height)
                {
                    return (leading, [height, width]);
                }
            }
        }

        return (0, null);
    }
}
