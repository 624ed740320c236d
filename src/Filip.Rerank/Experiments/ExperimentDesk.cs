using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Experiments;

/// <summary>Answers searches through the experiment, where there is one and it takes the request; else straight from the engine.</summary>
/// <param name="options">What the service runs on.</param>
/// <param name="running">The experiment; null where there is none.</param>
internal sealed class ExperimentDesk(FilipServerOptions options, RunningExperiment? running = null)
{
    /// <summary>The experiment; null where there is none.</summary>
    public RunningExperiment? Running => running;

    /// <summary>Answers a search.</summary>
    public async Task<ServedSearch> SearchAsync(
        HttpContext context, SearchRequest request, Trial trial, CancellationToken cancellationToken)
    {
        if (running is null || !trial.Takes)
        {
            return new ServedSearch(
                request, trial.Session, await options.Engine.SearchAsync(request, cancellationToken).ConfigureAwait(false));
        }

        var served = await running.SearchAsync(request, trial, cancellationToken).ConfigureAwait(false);
        context.Response.Headers[Trial.VariantHeader] = served.Answer.Experiment!.Variant;
        return served;
    }

    /// <summary>Records a page once it is out.</summary>
    public void Record(ServedSearch served)
    {
        if (served.Answer.Experiment is not null)
        {
            running!.Record(served);
        }
    }
}
