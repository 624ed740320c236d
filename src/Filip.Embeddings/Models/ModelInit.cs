using Filip.Embeddings.Models.Exports;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models;

/// <summary>Writes a model folder's manifest from an export's own configuration files and its towers' answers.</summary>
/// <remarks>
/// What a tower can say itself (names, sizes, lengths, unit rows) is asked, not assumed: both towers run once, on a text
/// and a picture whose answers are kept as the manifest's known ones.
/// </remarks>
public static class ModelInit
{
    /// <summary>Reads the export, runs the towers once, and writes <c>model.json</c>.</summary>
    /// <param name="folder">The folder with the export.</param>
    /// <param name="options">What the export does not say, and what shall be otherwise.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A tower is missing.</exception>
    /// <exception cref="InvalidDataException">The export lacks something, or asks for what is not supported; the message says what.</exception>
    /// <exception cref="IOException">There is a manifest already and the options do not say to replace it.</exception>
    public static ModelManifest Write(string folder, ModelInitOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Name the folder with the exported towers.");
        }

        var target = Path.Combine(folder, ModelManifest.FileName);
        if (!options.Replace && File.Exists(target))
        {
            throw new IOException($"'{target}' is there already. Say that it shall be replaced, or name another folder.");
        }

        var json = ManifestFile.ToJson(Draft(folder, options));
        var partial = target + ".partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            file.Write(json);
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, target, overwrite: true);

        // What was written is what was meant: read it back by the way that everyone reads it.
        return ModelFolder.Load(folder).Manifest;
    }

    private static ModelManifest Draft(string folder, ModelInitOptions options)
    {
        var export = ExportConfiguration.Read(folder);
        var preprocessing = options.Preprocessing ?? export.Preprocessing ?? throw new InvalidDataException(
            export.ImageRefusal ?? "No file says how pictures are prepared: expected preprocessor_config.json or open_clip_config.json in the folder.");
        var text = options.Tokenizer is { } named
            ? new ExportText(named, options.Context, PadsWithEntryZero: false)
            : export.Text ?? throw new InvalidDataException(export.TextRefusal
                ?? "No file says how texts are tokenized: expected tokenizer_config.json, tokenizer.json, vocab.json with merges.txt, or vocab.txt in the folder.");
        var tokenizer = TokenizerFiles.Attach(folder, text);
        var files = TowerFiles.In(folder);

        var image = ImageDiscovery.Draft(folder, files.Image, preprocessing, export.Grid);
        var tower = TextDiscovery.Draft(
            folder, files.Text, tokenizer, options.Context ?? text.Context, options.GoldenText, options.CountSpecialTokens);
        if (image.Facts.Dimension != tower.Dimension)
        {
            throw new InvalidDataException(
                $"Rows of '{files.Image}' have {image.Facts.Dimension} values, those of '{files.Text}' {tower.Dimension}: they cannot be compared. "
                + "Export the rows after the projection into the shared space, not the last hidden states before it.");
        }

        var pooling = PoolingOf(options, image, tower, files);
        var manifest = new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Id = options.Id ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            Licence = options.Licence,
            Image = pooling == PoolingSource.ModelOutput ? image.Facts : image.Facts with { PooledOutput = null },
            Text = pooling == PoolingSource.ModelOutput ? tower.Facts : tower.Facts with { PooledOutput = null },
            Pooling = pooling,
            PooledDimension = pooling == PoolingSource.ModelOutput ? image.PooledDimension!.Value : image.Facts.Dimension,
            Scoring = options.Scoring,
            Templates = options.Templates,
            Sha256 = new Dictionary<string, string>(),
        };
        manifest = manifest with { Sha256 = HashesOf(folder, manifest) };
        return manifest with { Golden = Ask(folder, manifest, options.GoldenText) };
    }

    private static PoolingSource PoolingOf(ModelInitOptions options, DraftedImage image, DraftedText text, TowerFiles files)
    {
        if (options.Pooling is PoolingSource.Separate)
        {
            throw new InvalidDataException("Separate pooled towers are written into model.json by hand (pooled_file); init finds one file a tower.");
        }

        var both = image.PooledDimension is not null && image.PooledDimension == text.PooledDimension;
        if (options.Pooling is PoolingSource.MeanOfPatches || (image.PooledDimension is null && text.PooledDimension is null))
        {
            return PoolingSource.MeanOfPatches;
        }

        return both ? PoolingSource.ModelOutput : throw new InvalidDataException(
            $"The pooled output of '{files.Image}' has {image.PooledDimension?.ToString() ?? "no"} values, that of '{files.Text}' "
            + $"{text.PooledDimension?.ToString() ?? "no"}: they cannot be compared. Export both after the projection, "
            + "or choose the mean of the rows as the pooled vector.");
    }

    private static SortedDictionary<string, string> HashesOf(string folder, ModelManifest manifest)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (member, name) in ManifestRules.FilesOf(manifest))
        {
            hashes[name] = ManifestFile.HashOf(FolderPath.Resolve(folder, name, member));
            if (name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var outside in ExternalFiles.Of(folder, name))
                {
                    hashes[outside] = ManifestFile.HashOf(FolderPath.Resolve(folder, outside, name));
                }
            }
        }

        return hashes;
    }

    private static GoldenFacts Ask(string folder, ModelManifest manifest, string text)
    {
        var drafted = ModelFolder.Unverified(folder, manifest);
        var processor = new TowerOptions { Device = TowerDevice.Cpu };
        using var words = drafted.OpenText(processor);
        using var pictures = drafted.OpenImage(processor);
        var pixels = manifest.Image.Preprocessing;
        return new GoldenFacts
        {
            Text = GoldenPattern.Answer(words, text),

            // Wider than high and not the tower's size, so that resizing and cropping are part of what is checked.
            Picture = GoldenPattern.Answer(
                pictures, drafted.CreatePreprocessor(), Math.Min(4096, (pixels.Width * 3 / 2) + 1), Math.Min(4096, (pixels.Height * 5 / 4) + 1)),
        };
    }
}
