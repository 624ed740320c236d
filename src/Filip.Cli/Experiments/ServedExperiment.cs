using Filip.Cli.Terminal;
using Filip.Rerank.Experiments;

namespace Filip.Cli.Experiments;

/// <summary>An experiment as <c>filip serve</c> runs it; disposing it lets another process write its events.</summary>
internal sealed class ServedExperiment : IDisposable
{
    private readonly FileStream _lock;

    private ServedExperiment(ExperimentConfiguration configuration, FileStream writer)
    {
        _lock = writer;
        Configuration = configuration;
        Options = new ExperimentOptions
        {
            Name = configuration.Name,
            Mode = configuration.Mode,
            A = configuration.A,
            B = configuration.B,
            Plan = configuration.Plan,
            Policy = new SeededPolicy(configuration.Key, configuration.Share),
            OpenEvents = () => EventLines.Open(configuration.Events),
            KillFile = configuration.KillFile,
        };
    }

    /// <summary>What was read.</summary>
    public ExperimentConfiguration Configuration { get; }

    /// <summary>What the service is given.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>Reads the configuration, checks the evidence it names, and makes sure that nobody else writes its events.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="quiet">No notes.</param>
    public static ServedExperiment Open(string file, bool quiet)
    {
        var configuration = ExperimentConfiguration.Read(file);
        Evidence.Require(configuration);
        if (configuration is { Mode: not ExperimentMode.Shadow, Evidence: null })
        {
            Screen.Note(
                $"filip: the experiment '{configuration.Name}' goes to {ExperimentConfiguration.Word(configuration.Mode)} "
                + "without evidence of the rung before; 'filip experiment promote' writes a configuration that names it.", quiet);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(configuration.Events)!);
        var path = configuration.Events + ".lock";
        try
        {
            var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            Screen.Note(
                $"filip: experiment '{configuration.Name}' ({ExperimentConfiguration.Word(configuration.Mode)}): {configuration.A.Text} against "
                + $"{configuration.B.Text}; make the file {configuration.KillFile} to serve A to all.", quiet);
            return new ServedExperiment(configuration, opened);
        }
        catch (IOException inUse)
        {
            throw new UsageException(
                $"'{path}' cannot be taken ({inUse.Message}): another service writes these events; give each its own file in 'events'.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
