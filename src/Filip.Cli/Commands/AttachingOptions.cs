using System.CommandLine;
using Filip.Cli.Terminal;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Cli.Commands;

/// <summary>The options by which <c>filip index</c> fills an index that its user already has.</summary>
internal static class AttachingOptions
{
    /// <summary>Attach at all.</summary>
    public static readonly Option<bool> Attach = new("--attach")
    {
        Description = "Elasticsearch only: fill FILIP's fields into the documents of an index that you already have (docs/attach.md)",
    };

    /// <summary>The user's field with the picture's path.</summary>
    public static readonly Option<string?> PathField = new("--path-field")
    {
        Description = "With --attach: your field that says where the picture is (default: path=… of an es:// source)",
        HelpName = "FIELD",
    };

    /// <summary>The user's field with the caption.</summary>
    public static readonly Option<string?> CaptionField = new("--caption-field")
    {
        Description = "With --attach: your text field that describes the picture (default: caption=… of an es:// source)",
        HelpName = "FIELD",
    };

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="UsageException">Names what was found and what to do.</exception>
    public static void Validate(ParseResult parsed, string place, bool newGeneration)
    {
        var attach = parsed.GetValue(Attach);
        if (attach && !ElasticAddress.IsOne(place))
        {
            throw new UsageException(
                $"--attach fills an index on Elasticsearch that is there already; '{place}' is a folder. Name http(s)://host:9200/index, or leave --attach away.");
        }

        if (attach && newGeneration)
        {
            throw new UsageException("--attach and --new-generation do not go together: an index of yours has no generations.");
        }

        if (!attach && (parsed.GetValue(PathField) ?? parsed.GetValue(CaptionField)) is { } field)
        {
            throw new UsageException($"--path-field and --caption-field name fields of an index to attach to ('{field}'); add --attach.");
        }
    }

    /// <summary>What was asked for; null where nothing is to be attached.</summary>
    public static AttachOptions? Read(ParseResult parsed, string source, string place)
    {
        if (!parsed.GetValue(Attach))
        {
            return null;
        }

        var (path, caption) = (parsed.GetValue(PathField), parsed.GetValue(CaptionField));
        if (ElasticSourceAddress.IsOne(source))
        {
            // Only what the user wrote: the source's defaults need not be fields of this index.
            var (named, unnamed) = (ElasticSourceAddress.Parse(source, place).Options, new ElasticSourceOptions());
            path ??= named.Path == unnamed.Path ? null : named.Path;
            caption ??= named.Caption == unnamed.Caption ? null : named.Caption;
        }

        return new AttachOptions { PathField = path, CaptionField = caption };
    }
}
