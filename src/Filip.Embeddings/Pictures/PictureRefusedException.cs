using System.Diagnostics.CodeAnalysis;

namespace Filip.Embeddings.Pictures;

/// <summary>Stable codes of <see cref="PictureRefusedException"/>; dead letters and answers carry them.</summary>
public static class PictureRefusal
{
    /// <summary>The file holds no bytes.</summary>
    public const string Empty = "empty";

    /// <summary>The content is no JPEG, PNG, WebP, GIF or BMP, whatever its name says.</summary>
    public const string UnknownFormat = "unknown-format";

    /// <summary>A side, the area or the file is beyond the limits.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The file ends, or its data does, before the last pixel.</summary>
    public const string Truncated = "truncated";

    /// <summary>The bytes contradict the format.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>A legal kind of the format that is not decoded, such as 12-bit or arithmetic JPEG.</summary>
    public const string Unsupported = "unsupported";
}

/// <summary>A file that does not become a picture; the one exception that decoding throws.</summary>
public sealed class PictureRefusedException : Exception
{
    /// <summary>Refuses with a code and a sentence.</summary>
    /// <param name="code">One of <see cref="PictureRefusal"/>.</param>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="innerException">The decoder's own exception, if there was one.</param>
    public PictureRefusedException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>One of <see cref="PictureRefusal"/>.</summary>
    public string Code { get; }

    internal static PictureRefusedException Truncated(string message) => new(PictureRefusal.Truncated, message);

    internal static PictureRefusedException Corrupt(string message) => new(PictureRefusal.Corrupt, message);

    internal static PictureRefusedException Unsupported(string message) => new(PictureRefusal.Unsupported, message);

    internal static void TruncatedIf([DoesNotReturnIf(true)] bool found, string message)
    {
        if (found)
        {
            throw Truncated(message);
        }
    }

    internal static void CorruptIf([DoesNotReturnIf(true)] bool found, string message)
    {
        if (found)
        {
            throw Corrupt(message);
        }
    }

    internal static void UnsupportedIf([DoesNotReturnIf(true)] bool found, string message)
    {
        if (found)
        {
            throw Unsupported(message);
        }
    }
}
