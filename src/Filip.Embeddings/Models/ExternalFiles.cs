namespace Filip.Embeddings.Models;

/// <summary>The files beside an ONNX file that hold its large tensors, as names in the model folder.</summary>
internal static class ExternalFiles
{
    /// <summary>Names relative to the model folder, each checked to lie inside it.</summary>
    /// <exception cref="InvalidDataException">A tensor names a place outside the folder, or the model is broken.</exception>
    /// <exception cref="FileNotFoundException">A named file is missing.</exception>
    public static IReadOnlyList<string> Of(string folder, string onnx)
    {
        var names = new List<string>();
        foreach (var location in OnnxExternalData.LocationsIn(Path.Combine(folder, onnx)))
        {
            // Locations are relative to the ONNX file, which may lie in a folder of its own.
            var whose = $"A tensor of '{onnx}'";
            if (FolderPath.Fault(location) is { } fault)
            {
                throw new InvalidDataException($"{whose} {fault}.");
            }

            var beside = Path.GetDirectoryName(onnx)?.Replace(Path.DirectorySeparatorChar, '/');
            var name = string.IsNullOrEmpty(beside) ? location : $"{beside}/{location}";
            FolderPath.Resolve(folder, name, whose);
            names.Add(name);
        }

        return names;
    }
}
