namespace Filip.Embeddings.Models;

/// <summary>Writes a model folder's manifest from an export's own configuration files and its towers' answers.</summary>
public static class ModelInit
{
    /// <summary>Reads the export, runs the towers once, and writes <c>model.json</c>.</summary>
    /// <param name="folder">The folder with the export.</param>
    /// <param name="options">What the export does not say, and what shall be otherwise.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The export lacks something, or asks for what is not supported; the message says what.</exception>
    /// <exception cref="IOException">There is a manifest already and the options do not say to replace it.</exception>
    public static ModelManifest Write(string folder, ModelInitOptions options) => throw new NotImplementedException();
}
