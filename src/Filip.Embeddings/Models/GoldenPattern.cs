using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models;

/// <summary>The known picture, drawn by rule so that no file is needed, and the comparison with what the manifest keeps.</summary>
internal static class GoldenPattern
{
    /// <summary>The known text where the exporter names none.</summary>
    public const string Text = "a small red circle on a white picture";

    /// <summary>Slopes in red and green, squares in blue, and a bright disc: every channel, edge and direction differs.</summary>
    public static RgbPicture Draw(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        var side = Math.Max(2, Math.Min(width, height) / 6);
        var radius = Math.Min(width, height) / 4;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 3 * ((y * width) + x);
                long dx = x - (width / 3);
                long dy = y - (height / 3);
                var disc = (dx * dx) + (dy * dy) < (long)radius * radius;
                pixels[at] = (byte)(disc ? 230 : x * 255 / width);
                pixels[at + 1] = (byte)(disc ? 40 : y * 255 / height);
                pixels[at + 2] = (byte)(disc ? 60 : (((x / side) + (y / side)) & 1) * 200);
            }
        }

        return new RgbPicture(pixels, width, height);
    }

    /// <summary>What an image tower makes of the known picture.</summary>
    public static GoldenPicture Answer(OnnxImageEncoder tower, PicturePreprocessor preprocessor, int width, int height)
    {
        var pixels = new float[tower.PixelsPerPicture];
        preprocessor.Prepare(Draw(width, height), pixels);
        var answer = tower.Encode(pixels, 1)[0];
        return new(width, height, Rounded(answer.Pooled.Span), Rounded(answer.Patches.Row(0)), Mean(answer.Patches));
    }

    /// <summary>What a text tower makes of the known text.</summary>
    public static GoldenText Answer(OnnxTextEncoder tower, string text)
    {
        var answer = tower.Encode([text])[0];
        return new(text, [.. answer.Labels.Select(label => label.Id)],
            Rounded(answer.Pooled.Span), Rounded(answer.Tokens.Row(0)), Mean(answer.Tokens));
    }

    /// <summary>Every way in which an answer is not the kept one, as sentences.</summary>
    public static IEnumerable<string> Differences(GoldenText kept, GoldenText now, double tolerance)
    {
        if (!kept.Ids.SequenceEqual(now.Ids))
        {
            return [$"The known text '{kept.Text}' gives the ids [{string.Join(", ", now.Ids)}], the manifest has "
                + $"[{string.Join(", ", kept.Ids)}]: the tokenizer is another."];
        }

        return Differences("text", tolerance, (kept.Pooled, now.Pooled), (kept.FirstRow, now.FirstRow), (kept.MeanRow, now.MeanRow));
    }

    /// <summary>Every way in which an answer is not the kept one, as sentences.</summary>
    public static IEnumerable<string> Differences(GoldenPicture kept, GoldenPicture now, double tolerance) =>
        Differences("picture", tolerance, (kept.Pooled, now.Pooled), (kept.FirstRow, now.FirstRow), (kept.MeanRow, now.MeanRow));

    private static IEnumerable<string> Differences(
        string input, double tolerance, params (IReadOnlyList<float> Kept, IReadOnlyList<float> Now)[] vectors)
    {
        string[] names = ["pooled vector", "first row", "mean of the rows"];
        for (var i = 0; i < vectors.Length; i++)
        {
            var (kept, now) = vectors[i];
            if (kept.Count != now.Count)
            {
                yield return $"The known {input}'s {names[i]} has {now.Count} values; the manifest has {kept.Count}.";
                continue;
            }

            var worst = kept.Zip(now, (a, b) => Math.Abs(a - b)).Max();
            if (!(worst <= tolerance))
            {
                yield return $"The known {input}'s {names[i]} differs by {worst:G3} from the manifest's; at most {tolerance:G3} is allowed.";
            }
        }
    }

    private static float[] Mean(EmbeddingMatrix rows)
    {
        var mean = new double[rows.Dimension];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var values = rows.Row(row);
            for (var d = 0; d < mean.Length; d++)
            {
                mean[d] += values[d];
            }
        }

        return [.. mean.Select(value => (float)Math.Round(value / rows.RowCount, 6))];
    }

    // Six digits are far below the tolerance and keep the manifest readable.
    private static float[] Rounded(ReadOnlySpan<float> values)
    {
        var rounded = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            rounded[i] = (float)Math.Round((double)values[i], 6);
        }

        return rounded;
    }
}
