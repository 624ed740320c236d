using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models;

/// <summary>Looks a model folder over: manifest, hashes, shapes, known inputs, device, and whether its contract fits.</summary>
public static class ModelCheck
{
    /// <summary>Everything found, worst first is not promised: in the order of looking. Never throws for what is wrong with the folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="options">How the towers are run.</param>
    public static IReadOnlyList<ModelFinding> Run(string folder, TowerOptions options) => throw new NotImplementedException();
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
