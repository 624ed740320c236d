using System.CommandLine;
using Filip.Cli.Commands;
using Filip.Cli.Terminal;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;

namespace Filip.Cli.Opening;

/// <summary>Finds the model folder, and says how its towers run.</summary>
internal static class ModelPlace
{
    /// <summary>The folder of <c>--model</c>, else of FILIP_MODEL, else <c>models/</c> here or in the checkout.</summary>
    public static string Find(ParseResult parsed)
    {
        var named = parsed.GetValue(GlobalOptions.Model) ?? Environment.GetEnvironmentVariable("FILIP_MODEL");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named)
                ? named
                : throw new UsageException($"'{named}' is no folder; a model folder holds model.json and what it names.");
        }

        var here = Path.Combine(Environment.CurrentDirectory, "models");
        if (File.Exists(Path.Combine(here, ModelManifest.FileName)))
        {
            return here;
        }

        return Checkout("models") is { } folder && File.Exists(Path.Combine(folder, ModelManifest.FileName))
            ? folder
            : throw new UsageException("there is no models/ folder here; name one with --model DIR.");
    }

    /// <summary>Loads the folder.</summary>
    public static ModelFolder Load(ParseResult parsed) => ModelFolder.Load(Find(parsed));

    /// <summary>How the towers run, by <c>--device</c> and <c>--concurrency</c>.</summary>
    public static TowerOptions Towers(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(GlobalOptions.Device) switch
        {
            DeviceChoice.Cpu => TowerDevice.Cpu,
            DeviceChoice.Cuda => TowerDevice.Cuda,
            _ => TowerDevice.Auto,
        },
        Callers = parsed.GetValue(GlobalOptions.Concurrency) ?? Environment.ProcessorCount,
    };

    /// <summary>A folder or file of the checkout the program was built in; null where it stands alone.</summary>
    public static string? Checkout(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Filip.Hybrid.sln")))
            {
                return Path.Combine([folder.FullName, .. path]);
            }
        }

        return null;
    }
}
