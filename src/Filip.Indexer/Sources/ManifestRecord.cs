using System.Text.Json;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>The fields of one manifest record, whatever file they stood in, on their way to an entry or a dead letter.</summary>
internal sealed class ManifestRecord(string source, string folder, long? line)
{
    /// <summary>The picture's id.</summary>
    public string? Id { get; set; }

    /// <summary>The picture's file, relative to the manifest's folder or absolute.</summary>
    public string? Path { get; set; }

    /// <summary>The picture's address, where it has no file.</summary>
    public string? Url { get; set; }

    /// <summary>Its caption.</summary>
    public string? Caption { get; set; }

    /// <summary>Everything else.</summary>
    public Dictionary<string, JsonElement> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>The record as a source item.</summary>
    public SourceItem ToItem()
    {
        if (Id is null)
        {
            return Refuse(DeadLetterCode.IdRefused, "The record has no 'id'; every picture needs one of its own.");
        }

        if (EntryRules.Problem(Id) is { } problem)
        {
            return Refuse(problem.Code, problem.Reason);
        }

        foreach (var name in Attributes.Keys)
        {
            if (EntryRules.AttributeProblem(name) is { } wrong)
            {
                return Refuse(DeadLetterCode.FieldRefused, wrong);
            }
        }

        if (!string.IsNullOrEmpty(Path))
        {
            return Path.Contains('\0', StringComparison.Ordinal)
                ? Refuse(DeadLetterCode.FieldRefused, "'path' holds a NUL character, which no file's name can.")
                : new SourceItem.Named(Entry(Path) with { File = System.IO.Path.GetFullPath(Path, folder) });
        }

        if (string.IsNullOrEmpty(Url))
        {
            return Refuse(DeadLetterCode.FieldRefused, "The record has neither 'path' nor 'url'; one must say where the picture is.");
        }

        return Uri.TryCreate(Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new SourceItem.Named(Entry(Url) with { Url = address })
            : Refuse(DeadLetterCode.FieldRefused, $"'url' is '{Url}'; expected an absolute http or https address.");
    }

    /// <summary>A dead letter for this record.</summary>
    public SourceItem.Refused Refuse(string code, string reason) => new(new DeadLetter
    {
        Id = string.IsNullOrWhiteSpace(Id) ? null : Id,
        Path = string.IsNullOrEmpty(Path) ? Url : Path,
        Source = source,
        Line = line,
        Code = code,
        Reason = reason,
    });

    private PictureEntry Entry(string path) => new()
    {
        Id = Id!,
        Path = path,
        Line = line,
        Caption = string.IsNullOrEmpty(Caption) ? null : Caption,
        Attributes = Attributes.Count == 0 ? PictureEntry.NoAttributes : Attributes,
    };
}
