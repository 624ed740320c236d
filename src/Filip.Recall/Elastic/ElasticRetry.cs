using Polly;
using Polly.Retry;

namespace Filip.Recall.Elastic;

/// <summary>The one place where a request is sent again.</summary>
internal static class ElasticRetry
{
    /// <summary>Sends again what failed transiently: exponential pauses with jitter, every value stated.</summary>
    public static ResiliencePipeline<ElasticAnswer> Build(ElasticOptions options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<ElasticAnswer> { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<ElasticAnswer>
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MostRetryDelay,
                OnRetry = static _ =>
                {
                    ElasticTelemetry.Retried();
                    return default;
                },
                ShouldHandle = static arguments =>
                    ValueTask.FromResult(arguments.Outcome.Exception is ElasticException { Transient: true }),
            });
        }

        return builder.Build();
    }
}
