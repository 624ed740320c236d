using System.Text.Json;
using System.Text.Json.Nodes;

namespace Filip.Recall.Elastic;

/// <summary>Where FILIP's fields stand in an index, and which of its fields are path and caption.</summary>
/// <remarks>
/// <para>An own index holds them at the root (<see cref="ElasticFields"/>). An attached one is the user's: all of ours stands
/// under one object, <see cref="Root"/>, so that no name can meet one of the user's, and path, caption and attributes
/// are the user's own fields, which are never written.</para>
/// <para>It stands in the mapping's <c>_meta.filip</c> beside the stamp; an own index has no member of it.</para>
/// </remarks>
public sealed record ElasticLayout
{
    /// <summary>The object that holds everything of ours in an index that is not.</summary>
    public const string Root = "filip";

    private const string Kind = "layout";
    private const string Attachment = "attached";
    private const string PathMember = "path_field";
    private const string CaptionMember = "caption_field";

    private ElasticLayout()
    {
    }

    /// <summary>An index that is ours alone.</summary>
    public static ElasticLayout Own { get; } = new() { PathField = ElasticFields.Path, CaptionField = ElasticFields.Caption };

    /// <summary>Whether the index is the user's and FILIP's fields were added to it.</summary>
    public bool IsAttached { get; private init; }

    /// <summary>The field with the picture's path, dotted inside objects; null where none was named.</summary>
    public string? PathField { get; private init; }

    /// <summary>The field with the caption, dotted inside objects; null where none was named.</summary>
    public string? CaptionField { get; private init; }

    /// <summary>The picture's id once more, as a keyword; only filled documents have it.</summary>
    public string Id => Full(ElasticFields.Id);

    /// <summary>Hash of the picture; only filled documents have it.</summary>
    public string ContentHash => Full(ElasticFields.ContentHash);

    /// <summary>The pooled vector.</summary>
    public string Pooled => Full(ElasticFields.Pooled);

    /// <summary>The patch record.</summary>
    public string Patches => Full(ElasticFields.Patches);

    /// <summary>The layout of an index that is the user's.</summary>
    /// <param name="options">Which of its fields are path and caption.</param>
    public static ElasticLayout Attached(AttachOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ElasticLayout { IsAttached = true, PathField = options.PathField, CaptionField = options.CaptionField };
    }

    /// <summary>The content hash in a document's <c>_source</c>; null where it has none.</summary>
    /// <param name="source">The <c>_source</c>, or the part of it that was asked for.</param>
    public string? HashIn(JsonElement source)
    {
        if (IsAttached && !(source.TryGetProperty(Root, out source) && source.ValueKind == JsonValueKind.Object))
        {
            return null;
        }

        return source.TryGetProperty(ElasticFields.ContentHash, out var hash) && hash.ValueKind == JsonValueKind.String ? hash.GetString() : null;
    }

    /// <summary>The layout that <c>_meta.filip</c> names.</summary>
    internal static ElasticLayout From(JsonElement filip) => Text(filip, Kind) switch
    {
        null => Own,
        Attachment => Attached(new AttachOptions { PathField = Text(filip, PathMember), CaptionField = Text(filip, CaptionMember) }),
        var other => throw new ElasticException(
            ElasticFailure.Refused, $"The index has the layout '{other}', which this build does not know. Run the build that wrote it."),
    };

    /// <summary>Writes the layout beside the stamp.</summary>
    internal void AddTo(JsonObject filip)
    {
        if (!IsAttached)
        {
            return;
        }

        filip[Kind] = Attachment;
        filip[PathMember] = PathField;
        filip[CaptionMember] = CaptionField;
    }

    private string Full(string name) => IsAttached ? $"{Root}.{name}" : name;

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
