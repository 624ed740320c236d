using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models;

/// <summary>Looks a model folder over: manifest, hashes, shapes, known inputs, device, and whether its contract fits.</summary>
public static class ModelCheck
{
    /// <summary>Everything found, in the order of looking; an error in one part does not hide the next where that can be looked at.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="options">How the towers are run.</param>
    /// <returns>At least one finding; the folder is usable where none is an error.</returns>
    public static IReadOnlyList<ModelFinding> Run(string folder, TowerOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var findings = new List<ModelFinding>();
        ModelManifest? manifest = null;
        if (!Try(findings, "MANIFEST", () => manifest = ManifestFile.Parse(ManifestFile.ReadBytes(folder))))
        {
            return findings;
        }

        findings.Add(new(FindingLevel.Info, "MANIFEST", $"Model '{manifest!.Id}', licence: {manifest.Licence}."));

        // Files that are not the pinned ones are never opened, so nothing more can be said of them.
        ModelFolder? model = null;
        if (!Try(findings, "FILES", () => model = ModelFolder.Load(folder)))
        {
            return findings;
        }

        findings.Add(new(FindingLevel.Info, "FILES",
            $"{manifest.Sha256.Count} files have the hashes of the manifest; fingerprint {model!.Fingerprint}."));
        CheckText(findings, model, options);
        CheckPictures(findings, model, options);
        CheckContract(findings, manifest);
        return findings;
    }

    private static void CheckText(List<ModelFinding> findings, ModelFolder model, TowerOptions options)
    {
        Try(findings, "TEXT_TOWER", () =>
        {
            using var tower = model.OpenText(options);
            var text = model.Manifest.Text;
            findings.Add(new(FindingLevel.Info, "TEXT_TOWER",
                $"'{text.File}' runs on {tower.ExecutionProvider}: {(text.FixedLength ? "exactly" : "at most")} {text.Context} tokens, "
                + $"{Batches(tower.FixedBatch)}, rows of {model.Manifest.PatchDimension} values."));
            Report(findings, "GOLDEN_TEXT", model.Manifest.Golden?.Text is not null, () => model.Differences(tower));
        });
    }

    private static void CheckPictures(List<ModelFinding> findings, ModelFolder model, TowerOptions options)
    {
        Try(findings, "IMAGE_TOWER", () =>
        {
            using var tower = model.OpenImage(options);
            var image = model.Manifest.Image;
            findings.Add(new(FindingLevel.Info, "IMAGE_TOWER",
                $"'{image.File}' runs on {tower.ExecutionProvider}: {image.Preprocessing.Width} x {image.Preprocessing.Height} pixels, "
                + $"{Batches(tower.FixedBatch)}, {image.Rows} rows of {image.Dimension} values"
                + (image.LeadingTokens > 0 ? $" after {image.LeadingTokens} leading {(image.LeadingTokens == 1 ? "row is" : "rows are")} dropped." : ".")));
            if (tower.Notice is { } notice)
            {
                findings.Add(new(FindingLevel.Info, "DEVICE", notice));
            }

            Report(findings, "GOLDEN_PICTURE", model.Manifest.Golden?.Picture is not null, () => model.Differences(tower));
        });
    }

    private static void CheckContract(List<ModelFinding> findings, ModelManifest manifest)
    {
        var natural = manifest.Image.RowsUnitLength && manifest.Text.RowsUnitLength;
        findings.Add(natural
            ? new(FindingLevel.Info, "CONTRACT", $"Rows leave both towers with length 1, as '{manifest.Scoring}' compares them.")
            : new(FindingLevel.Warning, "ROWS_NOT_UNIT",
                $"Rows of the {(manifest.Image.RowsUnitLength ? "text" : manifest.Text.RowsUnitLength ? "image" : "image and the text")} tower do not leave it with length 1; "
                + $"they are brought to it, since '{manifest.Scoring}' compares directions. A model trained with the late-interaction loss gives "
                + "length 1 by itself: where this one was not, its rows may not be comparable, and 'pooled' is the contract that fits."));
        if (manifest.Pooling == PoolingSource.MeanOfPatches)
        {
            findings.Add(manifest.Scoring == ScoringContracts.Pooled
                ? new(FindingLevel.Warning, "POOLING", "The contract 'pooled' compares means of rows, which the model was hardly trained for; a contract over rows fits better.")
                : new(FindingLevel.Warning, "POOLING", "Stage one searches by the mean of rows, for want of a pooled output; ask it for more candidates, and measure its recall."));
        }

        if (manifest.Image.Grid is null)
        {
            findings.Add(new(FindingLevel.Info, "NO_GRID", "Rows stand for no places in the picture, so explanations draw nothing."));
        }
    }

    private static void Report(List<ModelFinding> findings, string code, bool kept, Func<IReadOnlyList<string>> differences)
    {
        if (!kept)
        {
            findings.Add(new(FindingLevel.Warning, code, "The manifest keeps no known answer to compare with; 'filip model init' writes one."));
            return;
        }

        var found = differences();
        if (found.Count == 0)
        {
            findings.Add(new(FindingLevel.Info, code, "The known input gives the known answer."));
        }

        findings.AddRange(found.Select(difference => new ModelFinding(FindingLevel.Error, code, difference)));
    }

    private static string Batches(int? batch) => batch is null ? "any batch" : $"a fixed batch of {batch} (larger ones go in turns)";

    // A check reports what is wrong; only a fault of our own may end it.
    private static bool Try(List<ModelFinding> findings, string code, Action look)
    {
        try
        {
            look();
            return true;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or NotSupportedException or ArgumentException or UnauthorizedAccessException)
        {
            findings.Add(new(FindingLevel.Error, code, fault.Message));
            return false;
        }
    }
}

/// <summary>One thing found about a model folder.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Code">Stable code, upper case.</param>
/// <param name="Message">What was found, what was expected, what to do.</param>
public sealed record ModelFinding(FindingLevel Level, string Code, string Message);

/// <summary>How bad a finding is.</summary>
public enum FindingLevel
{
    /// <summary>As it should be, or worth knowing.</summary>
    Info,

    /// <summary>It works, and may not be what was meant.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Error,
}
