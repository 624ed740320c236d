using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Filip.Rerank.Service;

/// <summary>Serilog: from configuration (section <c>Serilog</c>) where there is one, else to stderr.</summary>
internal static class LogSetup
{
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Replaces the host's logging.</summary>
    public static void AddServiceLog(this WebApplicationBuilder builder, FilipServerOptions options)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(
            log =>
            {
                if (builder.Configuration.GetSection("Serilog").Exists())
                {
                    log.ReadFrom.Configuration(builder.Configuration);
                    return;
                }

                // The framework's own lines say what ours say already, twice a request.
                log.MinimumLevel.Is(Level(options.LogLevel)).MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
                if (options.JsonLogs)
                {
                    log.WriteTo.Console(new JsonFormatter(renderMessage: true), standardErrorFromLevel: LogEventLevel.Verbose);
                }
                else
                {
                    log.WriteTo.Console(
                        outputTemplate: Line, standardErrorFromLevel: LogEventLevel.Verbose,
                        formatProvider: System.Globalization.CultureInfo.InvariantCulture);
                }
            });
    }

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
