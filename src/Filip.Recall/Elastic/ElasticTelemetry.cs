using System.Diagnostics.Metrics;

namespace Filip.Recall.Elastic;

/// <summary>What is counted of the requests to Elasticsearch. The meter is the service's own, so <c>/metrics</c> has it.</summary>
internal static class ElasticTelemetry
{
    private static readonly Meter s_meter = new("Filip");

    private static readonly Counter<long> s_requests = s_meter.CreateCounter<long>(
        "filip.elasticsearch.requests", "{request}", "Requests to Elasticsearch, every try counted, by outcome: ok, or the kind of failure.");

    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>(
        "filip.elasticsearch.retries", "{request}", "Requests sent again after a transient failure.");

    /// <summary>Counts a try that was answered.</summary>
    public static void Answered() => s_requests.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));

    /// <summary>Counts a try that failed.</summary>
    public static void Failed(ElasticFailure failure) => s_requests.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(failure)));

    /// <summary>Counts a request that is about to be sent again.</summary>
    public static void Retried() => s_retries.Add(1);

    private static string NameOf(ElasticFailure failure) => failure switch
    {
        ElasticFailure.Unreachable => "unreachable",
        ElasticFailure.Busy => "busy",
        ElasticFailure.NotAllowed => "not_allowed",
        ElasticFailure.NotFound => "not_found",
        ElasticFailure.DiskFull => "disk_full",
        ElasticFailure.NotTrusted => "not_trusted",
        ElasticFailure.NotElasticsearch => "not_elasticsearch",
        _ => "refused",
    };
}
