using System.Text;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>What every index can take as an id or an attribute's name, checked at the door so that all targets hold the same pictures.</summary>
internal static class EntryRules
{
    /// <summary>Elasticsearch's limit for an id; the embedded index keeps to it too.</summary>
    public const int MostIdBytes = 512;

    /// <summary>Null where the id can be used, else why not.</summary>
    public static (string Code, string Reason)? Problem(string id)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            return (DeadLetterCode.IdRefused, "The id is empty; every picture needs one of its own.");
        }

        if (HasLoneSurrogate(id))
        {
            return (DeadLetterCode.IdRefused, "The id holds half of a surrogate pair, which cannot be written as UTF-8.");
        }

        var bytes = Encoding.UTF8.GetByteCount(id);
        return bytes <= MostIdBytes
            ? null
            : (DeadLetterCode.IdRefused, $"The id has {bytes} bytes of UTF-8; at most {MostIdBytes} are taken. Shorten it.");
    }

    /// <summary>Null where the attribute's name can be used, else why not.</summary>
    public static string? AttributeProblem(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "An attribute has an empty name; give it one or leave it out.";
        }

        return HasLoneSurrogate(name)
            ? $"The attribute '{name}' has half of a surrogate pair in its name, which cannot be written as UTF-8."
            : null;
    }

    private static bool HasLoneSurrogate(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            rest = rest[used..];
        }

        return false;
    }
}
