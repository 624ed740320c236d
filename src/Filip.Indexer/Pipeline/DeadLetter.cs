namespace Filip.Indexer.Pipeline;

/// <summary>One picture, line or folder that did not get into the index, and why. One JSON line each in the dead-letter file.</summary>
public sealed record DeadLetter
{
    /// <summary>The picture's id; null where the source did not get as far as naming one.</summary>
    public string? Id { get; init; }

    /// <summary>The picture's path or URL as the source named it; null where unknown.</summary>
    public string? Path { get; init; }

    /// <summary>The folder or manifest.</summary>
    public required string Source { get; init; }

    /// <summary>The line of the manifest, from 1, blank lines counted; null without lines.</summary>
    public long? Line { get; init; }

    /// <summary>A stable code for programs: one of <see cref="DeadLetterCode"/>, or the picture decoder's own.</summary>
    public required string Code { get; init; }

    /// <summary>What was found and what to do, for people.</summary>
    public required string Reason { get; init; }
}

/// <summary>Stable codes of dead letters. A refused picture carries the decoder's code instead.</summary>
public static class DeadLetterCode
{
    /// <summary>A manifest's line is no record.</summary>
    public const string LineUnreadable = "line-unreadable";

    /// <summary>A record lacks its id, or the id cannot be used.</summary>
    public const string IdRefused = "id-refused";

    /// <summary>A record's own fields (path, url, caption) or attributes cannot be used.</summary>
    public const string FieldRefused = "field-refused";

    /// <summary>An id that the source has named before; the first one counts.</summary>
    public const string DuplicateId = "duplicate-id";

    /// <summary>A folder cannot be listed.</summary>
    public const string FolderUnreadable = "folder-unreadable";

    /// <summary>The file is not there.</summary>
    public const string FileMissing = "file-missing";

    /// <summary>The file is there and cannot be read.</summary>
    public const string FileUnreadable = "file-unreadable";

    /// <summary>The file holds nothing.</summary>
    public const string FileEmpty = "file-empty";

    /// <summary>The file is larger than a picture may be.</summary>
    public const string FileTooLarge = "file-too-large";

    /// <summary>The picture is at a URL, which this job may not fetch.</summary>
    public const string UrlNotAllowed = "url-not-allowed";

    /// <summary>The URL is refused or could not be fetched.</summary>
    public const string UrlFailed = "url-failed";

    /// <summary>The decoder failed in a way it does not name itself.</summary>
    public const string PictureFailed = "picture-failed";

    /// <summary>The image tower gave no usable vectors for this picture.</summary>
    public const string EncodingFailed = "encoding-failed";

    /// <summary>The index will never take this picture.</summary>
    public const string IndexRefused = "index-refused";
}
