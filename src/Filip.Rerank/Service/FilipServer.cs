using Filip.Rerank.Experiments;
using Filip.Rerank.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Filip.Rerank.Service;

/// <summary>The HTTP service, put together.</summary>
public static class FilipServer
{
    /// <summary>Builds the service; <c>StartAsync</c> or <c>RunAsync</c> of what it returns opens the port.</summary>
    /// <param name="options">What it runs on.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the address is open and no key is set.</exception>
    public static WebApplication Create(FilipServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Host.UseConsoleLifetime(console => console.SuppressStatusMessages = true);
        builder.AddServiceLog(options);
        builder.Services.AddFilipTelemetry();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddSingleton<PictureFiles>();
        builder.Services.AddSingleton<RequestDesk>();
        builder.Services.AddHostedService<IndexRefresh>();
        builder.Services.AddSingleton<ReadinessWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReadinessWatch>());
        builder.Services.AddExperiment(options.Experiment);
        builder.Services.AddOpenApi("v1");
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServiceJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, GatewayJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });

        var app = builder.Build();
        app.UseMiddleware<Boundary>();
        app.UseMiddleware<KeyCheck>();
        app.UseRouting();
        app.MapSearch().MapRerank().MapGatewayRerank().MapExplain().MapEvents();
        app.MapHealth().MapInfo().MapPage();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOpenApi("/openapi/{documentName}.json");
        return app;
    }

    /// <summary>The address a started service listens on, with its real port.</summary>
    /// <param name="app">A started service.</param>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public static string UrlOf(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The service is not started, so it has no address yet. Await StartAsync first.");
    }

    private static void Listen(KestrelServerOptions kestrel, FilipServerOptions options)
    {
        var address = ListenAddress.Parse(options.Url);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(address.Address, address.Port);
    }
}
