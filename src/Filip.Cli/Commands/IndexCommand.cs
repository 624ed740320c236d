using System.CommandLine;
using System.Globalization;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pooling;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Cli.Commands;

/// <summary><c>filip index SOURCE --to INDEX</c>: the batch job.</summary>
internal static class IndexCommand
{
    private static readonly Argument<string> s_source = new("SOURCE")
    {
        Description = "A folder of pictures, a .jsonl or .csv manifest (id, path or url, any attributes), or an existing index: "
            + "es://index?path=FIELD (also es://host:9200/index, es+https://…; parameters path, url, caption, fields, root, query, page)",
    };

    private static readonly Option<string> s_to = new("--to")
    {
        Description = "The index: a folder, or http(s)://host:9200/index",
        Required = true,
        HelpName = "INDEX",
    };

    private static readonly Option<PatchCodec> s_codec = new("--codec")
    {
        Description = "How patch vectors are kept: f32, f16 (scores exact to 1e-4) or int8 (half of f16, and faster)",
        DefaultValueFactory = _ => PatchCodec.F16,
    };

    private static readonly Option<bool> s_prune = new("--prune") { Description = "Remove from the index what the source no longer has" };
    private static readonly Option<string?> s_shard = new("--shard") { Description = "Only part i of n, such as 2/8", HelpName = "i/n" };
    private static readonly Option<bool> s_urls = new("--allow-urls") { Description = "Fetch pictures that a manifest names by url" };
    private static readonly Option<bool> s_generation = new("--new-generation")
    {
        Description = "Build a generation beside the live one; it serves after 'filip promote'",
    };

    private static readonly Option<string?> s_deadLetters = new("--dead-letters")
    {
        Description = "File for what could not be indexed (default: dead-letters.jsonl beside the index, or here)",
        HelpName = "FILE",
    };

    private static readonly Option<string> s_vectorIndex = new("--vector-index")
    {
        Description = "Elasticsearch only: " + string.Join(", ", ElasticIndexOptions.VectorIndexes),
        DefaultValueFactory = _ => "int8_hnsw",
    };

    private static readonly Option<int> s_shards = new("--shards")
    {
        Description = "Elasticsearch only: primary shards of a new generation",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string> s_pooledVectors = new("--pooled-vectors")
    {
        Description = "Elasticsearch only: vectors a picture is found by: single, centroids:N (k-means of its patches; more recall, more bytes) or grid:N",
        DefaultValueFactory = _ => "single",
        HelpName = "KIND",
    };

    /// <summary>The verb.</summary>
    public static Command Build(Signals signals)
    {
        s_pooledVectors.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !PooledVectors.TryParse(text, out _))
            {
                result.AddError($"--pooled-vectors is single, centroids:N (N from 2 to {PooledVectors.MostCentroids}) or grid:N (N from 2 to {PooledVectors.MostCells}), not '{text}'.");
            }
        });
        s_vectorIndex.AcceptOnlyFromAmong([.. ElasticIndexOptions.VectorIndexes]);
        var command = new Command("index", "Index pictures: read, encode, write; again every night, only what changed")
        {
            s_source, s_to, s_codec, s_prune, s_shard, s_urls, s_generation, s_deadLetters, s_vectorIndex, s_shards, s_pooledVectors,
            AttachingOptions.Attach, AttachingOptions.PathField, AttachingOptions.CaptionField,
        }.WithGlobalOptions();
        command.SetAction((parsed, stop) => RunAsync(parsed, signals, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Signals signals, CancellationToken stop)
    {
        var quiet = parsed.GetValue(GlobalOptions.Quiet);
        var format = parsed.GetValue(GlobalOptions.Output);
        var place = parsed.GetValue(s_to)!;
        AttachingOptions.Validate(parsed, place, parsed.GetValue(s_generation));
        using var pictures = await OpenedSource.OpenAsync(parsed.GetValue(s_source)!, place, stop);
        var model = ModelPlace.Load(parsed);
        var options = Options(parsed, place);
        options.Validate();
        signals.Drains = true;

        var stamp = model.StampFor(parsed.GetValue(s_codec)) with { PooledVectors = PooledVectors.Parse(parsed.GetValue(s_pooledVectors)!) };
        if (PatchPooling.Refusal(model.Grid, stamp.PooledVectors) is { } refusal)
        {
            throw new UsageException(refusal);
        }

        await using var opened = await OpenedSink.OpenAsync(place, stamp, SinkOptions(parsed), stop);
        var source = opened.Sink is AttachedImageSink ? new BareSource(pictures.Source) : pictures.Source;
        if (opened.Sink is AttachedImageSink)
        {
            Screen.Note(AttachedImageSink.Price, quiet);
        }

        var summary = await IndexJob.RunAsync(source, model, ModelPlace.Towers(parsed), opened.Sink, options, quiet, signals.Drain, stop);
        foreach (var note in summary.Notes)
        {
            Screen.Note(note, quiet);
        }

        if (format == OutputFormat.Text)
        {
            Screen.WriteLine(Describe(summary));
        }
        else
        {
            Screen.WriteJson(summary, IndexingJson.Default.IndexingSummary);
        }

        return ExitCode.For(summary);
    }

    private static string Describe(IndexingSummary summary)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(summary.Drained ? "Stopped early: " : "")}{summary.Indexed:N0} indexed, {summary.Unchanged:N0} unchanged, {summary.Pruned:N0} pruned, "
            + $"{summary.Failed:N0} failed in {summary.Seconds:N1} s ({summary.PicturesPerSecond:N0}/s, {summary.BytesPerPicture:N0} bytes a picture) "
            + $"→ generation {summary.Generation}");
        return summary.Failed > 0 ? $"{text}{Environment.NewLine}What failed, and why: {summary.DeadLetters}" : text;
    }

    private static IndexingOptions Options(ParseResult parsed, string place)
    {
        var options = new IndexingOptions
        {
            Prune = parsed.GetValue(s_prune),
            AllowUrls = parsed.GetValue(s_urls),
            Shard = parsed.GetValue(s_shard) is { } shard ? Shard.Parse(shard) : Shard.Whole,
            DeadLetterFile = parsed.GetValue(s_deadLetters)
                ?? (ElasticAddress.IsOne(place) ? "dead-letters.jsonl" : Path.TrimEndingDirectorySeparator(place) + ".dead-letters.jsonl"),
        };
        return parsed.GetValue(GlobalOptions.Concurrency) is { } concurrency ? options with { Concurrency = Math.Min(concurrency, 256) } : options;
    }

    private static ElasticSinkOptions SinkOptions(ParseResult parsed) => new()
    {
        NewGeneration = parsed.GetValue(s_generation),
        Index = new ElasticIndexOptions { VectorIndex = parsed.GetValue(s_vectorIndex)!, Shards = parsed.GetValue(s_shards) },
        Attach = AttachingOptions.Read(parsed, parsed.GetValue(s_source)!, parsed.GetValue(s_to)!),
    };
}
