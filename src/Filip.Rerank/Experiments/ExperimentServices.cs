using Filip.Rerank.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Experiments;

/// <summary>Wires an experiment into the service.</summary>
internal static class ExperimentServices
{
    /// <summary>Adds the desk that all searches pass, and behind it the experiment, where there is one.</summary>
    public static void AddExperiment(this IServiceCollection services, ExperimentOptions? experiment)
    {
        services.AddSingleton<ExperimentDesk>();
        if (experiment is null)
        {
            return;
        }

        // Opened here: a file that cannot be is a start-up error, and not found out at the first click.
        var events = experiment.OpenEvents();
        services.AddSingleton(experiment);
        services.AddSingleton(provider => provider.GetRequiredService<FilipServerOptions>().Engine);
        services.AddSingleton(provider => new EventLog(events, experiment.OpenEvents, provider.GetRequiredService<ILogger<EventLog>>()));
        services.AddSingleton<ShadowWork>();
        services.AddSingleton<RunningExperiment>();
        services.AddHostedService(provider => provider.GetRequiredService<ShadowWork>());
    }
}
