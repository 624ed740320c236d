using Microsoft.AspNetCore.Builder;

namespace Filip.Rerank.Service;

/// <summary>The HTTP service, put together.</summary>
public static class FilipServer
{
    /// <summary>Builds the service; <c>StartAsync</c> or <c>RunAsync</c> of what it returns opens the port.</summary>
    /// <param name="options">What it runs on.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the address is open and no key is set.</exception>
    public static WebApplication Create(FilipServerOptions options) => throw new NotImplementedException();

    /// <summary>The address a started service listens on, with its real port.</summary>
    /// <param name="app">A started service.</param>
    public static string UrlOf(WebApplication app) => throw new NotImplementedException();
}
