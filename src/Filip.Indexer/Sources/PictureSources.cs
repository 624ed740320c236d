namespace Filip.Indexer.Sources;

/// <summary>Finds the source that a user's argument means.</summary>
public static class PictureSources
{
    /// <summary>A folder, a <c>.jsonl</c> manifest or a <c>.csv</c> manifest, by what is there and how it is called.</summary>
    /// <param name="source">A path.</param>
    /// <exception cref="SourceRefusedException">Nothing is there, or it is a file of another kind.</exception>
    public static IPictureSource Open(string source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        if (Directory.Exists(source))
        {
            return new FolderSource(source);
        }

        if (!File.Exists(source))
        {
            throw new SourceRefusedException(
                $"'{source}' is neither a folder nor a file. Name a folder of pictures, or a manifest (.jsonl or .csv).");
        }

        return Path.GetExtension(source).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => new JsonlSource(source),
            ".csv" => new CsvSource(source),
            var other => throw new SourceRefusedException(
                $"'{source}' is a file with the extension '{other}'; a manifest is .jsonl or .csv. Name one, or a folder."),
        };
    }
}
