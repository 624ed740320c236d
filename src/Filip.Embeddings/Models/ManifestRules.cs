using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models;

/// <summary>What must hold of a manifest, whatever its files are.</summary>
internal static class ManifestRules
{
    private const int MostSide = 16_384;
    private const int MostDimension = 65_535;
    private const int MostRows = 1_000_000;
    private const int MostContext = 65_536;

    /// <summary>Refuses a manifest that contradicts itself or reaches outside its folder.</summary>
    /// <exception cref="InvalidDataException">What was found, what was expected.</exception>
    public static void Validate(ModelManifest manifest)
    {
        Require(manifest.Format == ModelManifest.CurrentFormat,
            $"format is {manifest.Format}; this build reads {ModelManifest.CurrentFormat}. Write the manifest anew with 'filip model init'");
        Require(!string.IsNullOrWhiteSpace(manifest.Id) && manifest.Id.Length <= 200 && !manifest.Id.Any(char.IsControl),
            "id is empty, over 200 characters or holds control characters; give the model a short name");
        Require(!string.IsNullOrWhiteSpace(manifest.Licence), "licence is empty; say under which terms the model comes");
        Require(ScoringContracts.Names.Contains(manifest.Scoring),
            $"scoring is '{manifest.Scoring}'; expected one of {string.Join(", ", ScoringContracts.Names)}");
        RequireBetween("pooled_dimension", manifest.PooledDimension, 1, MostDimension);
        foreach (var template in manifest.Templates)
        {
            Require(template is not null && template.Split("{}").Length == 2,
                $"templates: '{template}' must hold '{{}}' exactly once, where the query goes");
        }

        ValidateImage(manifest.Image, manifest.Pooling);
        ValidateText(manifest.Text, manifest.Pooling);
        ValidateHashes(manifest);
        ValidateGolden(manifest);
        if (manifest.Pooling == PoolingSource.MeanOfPatches)
        {
            Require(manifest.PooledDimension == manifest.PatchDimension,
                $"pooled_dimension is {manifest.PooledDimension}, but the mean of rows has {manifest.PatchDimension} values");
        }
    }

    /// <summary>The files a manifest names outside its list of hashes.</summary>
    public static IEnumerable<(string Member, string Name)> FilesOf(ModelManifest manifest)
    {
        (string, string?)[] named =
        [
            ("image.file", manifest.Image.File),
            ("image.pooled_file", manifest.Image.PooledFile),
            ("text.file", manifest.Text.File),
            ("text.pooled_file", manifest.Text.PooledFile),
            ("text.tokenizer.tokenizer_json", manifest.Text.Tokenizer.TokenizerJson),
            ("text.tokenizer.vocabulary", manifest.Text.Tokenizer.Vocabulary),
            ("text.tokenizer.merges", manifest.Text.Tokenizer.Merges),
        ];
        return named.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!));
    }

    private static void ValidateImage(ImageTowerFacts image, PoolingSource pooling)
    {
        Require(image.Input.Length > 0 && image.PatchesOutput.Length > 0, "image.input or image.patches_output is empty; name the model's own");
        RequireBetween("image.rows", image.Rows, 1, MostRows);
        RequireBetween("image.dimension", image.Dimension, 1, MostDimension);
        RequireBetween("image.leading_tokens", image.LeadingTokens, 0, MostRows);
        if (image.Grid is { } grid)
        {
            Require(grid.Count == 2 && grid.All(side => side is > 0 and <= MostRows) && (long)grid[0] * grid[1] == image.Rows,
                $"image.grid is [{string.Join(", ", grid)}]; expected [rows, columns] whose product is image.rows ({image.Rows})");
        }

        ValidatePooled("image", image.PooledOutput, image.PooledFile, pooling);
        var pixels = image.Preprocessing;
        RequireBetween("image.preprocessing.width", pixels.Width, 1, MostSide);
        RequireBetween("image.preprocessing.height", pixels.Height, 1, MostSide);
        Require(pixels.Shortest >= 0 && pixels.Shortest <= MostSide && (pixels.Shortest == 0 || pixels.Resize == ResizeMode.Shortest),
            $"image.preprocessing.shortest is {pixels.Shortest}; it is 0 to {MostSide}, and 0 unless resize is 'shortest'");
        Require(pixels.Shortest == 0 || pixels.Shortest >= Math.Max(pixels.Width, pixels.Height),
            $"image.preprocessing.shortest is {pixels.Shortest}, less than the crop of {pixels.Width} x {pixels.Height}; the crop would reach over the edge");
        Require(double.IsFinite(pixels.Rescale) && pixels.Rescale > 0, $"image.preprocessing.rescale is {pixels.Rescale}; a factor above 0 is expected");
        Require(pixels.Mean.Count == 3 && pixels.Mean.All(double.IsFinite),
            $"image.preprocessing.mean has {pixels.Mean.Count} values; three finite ones are expected, for R, G and B");
        Require(pixels.Std.Count == 3 && pixels.Std.All(value => double.IsFinite(value) && value > 0),
            $"image.preprocessing.std is [{string.Join(", ", pixels.Std)}]; three values above 0 are expected (pixels are divided by them)");
    }

    private static void ValidateText(TextTowerFacts text, PoolingSource pooling)
    {
        Require(text.IdsInput.Length > 0 && text.TokensOutput.Length > 0, "text.ids_input or text.tokens_output is empty; name the model's own");
        RequireBetween("text.context", text.Context, 3, MostContext);
        ValidatePooled("text", text.PooledOutput, text.PooledFile, pooling);
        Require(Enum.IsDefined(text.Tokenizer.Kind), $"text.tokenizer.kind is {text.Tokenizer.Kind}; expected clip-bpe, wordpiece or words");
        Require(text.Tokenizer.TokenizerJson is not null || text.Tokenizer.Vocabulary is not null,
            "text.tokenizer names neither tokenizer_json nor vocabulary; name the tokenizer's files");
    }

    private static void ValidatePooled(string tower, string? output, string? file, PoolingSource pooling)
    {
        Require(output is not null == pooling is not PoolingSource.MeanOfPatches,
            $"{tower}.pooled_output is {(output is null ? "missing" : $"'{output}'")}, but pooling is "
            + $"'{(pooling == PoolingSource.MeanOfPatches ? "mean-of-patches, which takes no output" : "an output, which must be named")}'");
        Require(file is not null == pooling is PoolingSource.Separate,
            $"{tower}.pooled_file is {(file is null ? "missing" : $"'{file}'")}; it is named exactly where pooling is 'separate'");
    }

    private static void ValidateHashes(ModelManifest manifest)
    {
        foreach (var (name, hash) in manifest.Sha256)
        {
            if (FolderPath.Fault(name) is { } fault)
            {
                throw Refused($"sha256: {fault}");
            }

            Require(name != ModelManifest.FileName, "sha256 names the manifest itself; a file cannot hold its own hash");
            Require(hash is { Length: 64 } && hash.All(char.IsAsciiHexDigitLower),
                $"sha256 of '{name}' is '{hash}'; 64 lower-case hexadecimal digits are expected");
        }

        foreach (var (member, name) in FilesOf(manifest))
        {
            if (FolderPath.Fault(name) is { } fault)
            {
                throw Refused($"{member} {fault}");
            }

            Require(manifest.Sha256.ContainsKey(name), $"{member} names '{name}', which has no hash under sha256; every file has one");
        }
    }

    private static void ValidateGolden(ModelManifest manifest)
    {
        if (manifest.Golden is not { } golden)
        {
            return;
        }

        Require(golden.Tolerance is > 0 and <= 0.1, $"golden.tolerance is {golden.Tolerance}; above 0, at most 0.1 is expected");
        if (golden.Picture is { } picture)
        {
            RequireBetween("golden.picture.width", picture.Width, 1, 4096);
            RequireBetween("golden.picture.height", picture.Height, 1, 4096);
            Vectors("golden.picture", picture.Pooled, picture.FirstRow, picture.MeanRow);
        }

        if (golden.Text is { } text)
        {
            Require(text.Ids.Count > 0, "golden.text.ids is empty");
            Vectors("golden.text", text.Pooled, text.FirstRow, text.MeanRow);
        }

        void Vectors(string member, IReadOnlyList<float> pooled, IReadOnlyList<float> first, IReadOnlyList<float> mean)
        {
            Require(pooled.Count == manifest.PooledDimension && pooled.All(float.IsFinite),
                $"{member}.pooled has {pooled.Count} values; {manifest.PooledDimension} finite ones are expected");
            Require(first.Count == mean.Count && first.Concat(mean).All(float.IsFinite),
                $"{member}.first_row and mean_row have {first.Count} and {mean.Count} values; as many finite ones as a row has are expected");
        }
    }

    private static void RequireBetween(string member, int value, int least, int most) =>
        Require(value >= least && value <= most, $"{member} is {value}; {least} to {most} is expected");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Refused(otherwise);
        }
    }

    private static InvalidDataException Refused(string sentence) => new($"{ModelManifest.FileName}: {sentence}.");
}
