namespace Filip.Embeddings.Models;

/// <summary>Whether a folder's files are the ones its manifest was written for.</summary>
internal static class FileCheck
{
    /// <summary>Refuses the first file that is missing, another, or outside the folder.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is another, or a name leads out of the folder.</exception>
    public static void Demand(string folder, ModelManifest manifest)
    {
        // Every hash first: an ONNX file is looked into only when it is the one that was meant.
        foreach (var (name, expected) in manifest.Sha256)
        {
            var found = ManifestFile.HashOf(FolderPath.Resolve(folder, name, $"{ModelManifest.FileName} (sha256)"));
            if (found != expected)
            {
                throw new InvalidDataException(
                    $"'{name}' is not the file the manifest was written for: its SHA-256 is {found[..12]}…, {expected[..12]}… is expected. "
                    + "Copy the file again, or, where it was changed on purpose, write the manifest anew with 'filip model init'.");
            }
        }

        foreach (var (member, name) in ManifestRules.FilesOf(manifest).Where(file => file.Member.StartsWith("text.tokenizer", StringComparison.Ordinal) is false))
        {
            foreach (var outside in ExternalFiles.Of(folder, name).Where(outside => !manifest.Sha256.ContainsKey(outside)))
            {
                throw new InvalidDataException(
                    $"{member} '{name}' keeps tensors in '{outside}', which has no hash under sha256; every file has one. "
                    + "Write the manifest anew with 'filip model init'.");
            }
        }
    }
}
