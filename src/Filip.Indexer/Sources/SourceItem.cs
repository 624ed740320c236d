using System.Text.Json;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>One thing a source gives: a picture to index, a failure to report, or a file that is none of our business.</summary>
public abstract record SourceItem
{
    private SourceItem()
    {
    }

    /// <summary>A picture the source names.</summary>
    /// <param name="Entry">What is known of it before it is read.</param>
    public sealed record Named(PictureEntry Entry) : SourceItem;

    /// <summary>A line or folder that should have named a picture and does not.</summary>
    /// <param name="Letter">Why, and where. Where its id is null the listing is not whole, and nothing may be pruned by it.</param>
    public sealed record Refused(DeadLetter Letter) : SourceItem;

    /// <summary>A file that does not look like a picture: counted and named, no failure.</summary>
    /// <param name="Path">The file, relative to the source.</param>
    public sealed record PassedOver(string Path) : SourceItem;
}

/// <summary>A picture as its source names it, not yet read.</summary>
public sealed record PictureEntry
{
    /// <summary>The picture's id in the index: the same for the same picture on every run and every machine.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is, as the source named it (relative paths stay relative); kept in the index.</summary>
    public required string Path { get; init; }

    /// <summary>The file to read; null where <see cref="Url"/> says where to fetch it.</summary>
    public string? File { get; init; }

    /// <summary>The address to fetch; null where <see cref="File"/> says what to read.</summary>
    public Uri? Url { get; init; }

    /// <summary>The line of the manifest that names it, from 1, counted in the file; null without lines.</summary>
    public long? Line { get; init; }

    /// <summary>Text for the lexical leg.</summary>
    public string? Caption { get; init; }

    /// <summary>The user's own fields; values keep their JSON type.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; init; } = NoAttributes;

    /// <summary>For pictures without fields.</summary>
    public static IReadOnlyDictionary<string, JsonElement> NoAttributes { get; } = new Dictionary<string, JsonElement>();
}
