using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Filip.Rerank.Telemetry;

/// <summary>OpenTelemetry for the service: Prometheus text always, OTLP where its standard variables name an endpoint.</summary>
internal static class TelemetrySetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds metrics and traces.</summary>
    public static void AddFilipTelemetry(this IServiceCollection services)
    {
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(FilipTelemetry.Name)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint)))
        {
            telemetry
                .WithTracing(traces => traces.AddSource(FilipTelemetry.Name).AddAspNetCoreInstrumentation())
                .UseOtlpExporter();
        }
    }
}
