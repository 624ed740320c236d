using System.CommandLine;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Recall;
using Filip.Relevance.Comparison;
using Filip.Rerank.Search;

namespace Filip.Cli.Comparing;

/// <summary>Opens what the variants need, each index and its model once.</summary>
/// <param name="parsed">The global options.</param>
/// <param name="index">The command's index; null where it names none.</param>
/// <param name="candidates">Candidates where a spec names none.</param>
/// <param name="top">Most pictures kept of an answer; null leaves that to each kind of variant.</param>
internal sealed class OpenedVariants(ParseResult parsed, string? index, int candidates, int? top) : IAsyncDisposable
{
    private const int UsualTopOverHttp = 100;
    private const int FieldsAtOnce = 500;

    private readonly Dictionary<string, OpenedEngine> _engines = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Opens a variant that is asked.</summary>
    /// <param name="spec">What the user named; not a run file.</param>
    /// <param name="stop">Ends the call.</param>
    /// <exception cref="UsageException">It wants an index and none is named, or cannot be had from the index.</exception>
    public async ValueTask<IVariant> OpenAsync(VariantSpec spec, CancellationToken stop) => spec switch
    {
        EngineSpec engine => await OpenAsync(engine, stop),
        ServiceSpec service => new ServiceVariant(service, _http, candidates, top ?? UsualTopOverHttp),
        TemplateSpec template => new TemplateVariant(
            SearchTemplate.Parse(await File.ReadAllBytesAsync(template.File, stop), template.File, Environment.GetEnvironmentVariable),
            _http, template.Text, top ?? UsualTopOverHttp),
        _ => throw new ArgumentException($"'{spec.Text}' is not asked.", nameof(spec)),
    };

    /// <summary>Opens a variant that searches an index.</summary>
    /// <param name="spec">What the user named.</param>
    /// <param name="stop">Ends the call.</param>
    /// <exception cref="UsageException">No index is named, or the variant cannot be had from it.</exception>
    public async ValueTask<EngineVariant> OpenAsync(EngineSpec spec, CancellationToken stop) =>
        new(spec, await EngineAsync(spec, stop), candidates, top);

    /// <summary>Where runs came from, for the experiment's record.</summary>
    public ExperimentSetting Setting()
    {
        var first = _engines.Values.FirstOrDefault();
        return new ExperimentSetting(
            first?.Index.Stamp.Fingerprint,
            _engines.Count > 0 ? string.Join(", ", _engines.Values.Select(engine => engine.Index.Source.Generation).Distinct()) : null,
            Versions());
    }

    /// <summary>Where each picture was read from, as the index says; none without an index.</summary>
    public async ValueTask<IReadOnlyDictionary<string, PictureFields>> FieldsAsync(IReadOnlyList<string> ids, CancellationToken stop)
    {
        if (_engines.Count == 0 && index is null)
        {
            return new Dictionary<string, PictureFields>();
        }

        var opened = _engines.Values.FirstOrDefault()?.Index;
        await using var own = opened is null ? await OpenedIndex.OpenAsync(index!, numCandidates: null, stop) : null;
        var fields = new Dictionary<string, PictureFields>(StringComparer.Ordinal);
        foreach (var some in ids.Chunk(FieldsAtOnce))
        {
            foreach (var (id, found) in await (opened ?? own)!.Source.GetFieldsAsync(some, stop))
            {
                fields[id] = found;
            }
        }

        return fields;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var engine in _engines.Values)
        {
            await engine.DisposeAsync();
        }
    }

    private static Dictionary<string, string> Versions() => new()
    {
        ["filip"] = typeof(OpenedVariants).Assembly.GetName().Version?.ToString() ?? "unknown",
        [".NET"] = Environment.Version.ToString(),
    };

    private async ValueTask<OpenedEngine> EngineAsync(EngineSpec spec, CancellationToken stop)
    {
        var place = spec.Index ?? index ?? throw new UsageException(
            $"'{spec.Text}' searches an index, and none is named: filip compare INDEX …, or '{spec.Order.ToString().ToLowerInvariant()}:index=PLACE'.");
        if (!_engines.TryGetValue(place, out var engine))
        {
            var options = new SearchOptions
            {
                MaxCandidates = 10_000,
                Deadline = TimeSpan.FromMinutes(1), // a slow query is measured, not cut short
                StageOneTimeout = TimeSpan.FromMinutes(1),
            };
            engine = await OpenedEngine.OpenAsync(place, parsed, options, byPicture: false, patchCacheBytes: 0, stop);
            _engines.Add(place, engine);
        }

        return engine;
    }
}
