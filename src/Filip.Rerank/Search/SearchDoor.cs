using System.Text.Json;
using Filip.Recall;

namespace Filip.Rerank.Search;

/// <summary>Checks requests before anything is computed, and fills in what they leave open.</summary>
/// <param name="options">Limits and defaults, validated.</param>
internal sealed class SearchDoor(SearchOptions options)
{
    private const int MostFilters = 32;
    private const int MostFilterValues = 256;
    private const int LongestFilterText = 1024;
    private const int LongestId = 1024;

    /// <summary>Refuses a text that is blank or too long.</summary>
    public void RequireText(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw EmptyQuery();
        }

        // Surrogate pairs count once: a limit in characters must not halve for scripts beyond the first plane.
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
            {
                length--;
            }
        }

        if (length > options.MaxQueryLength)
        {
            throw new SearchRefusedException(
                RefusalCodes.QueryTooLong,
                $"The query has {length} characters; at most {options.MaxQueryLength} are taken. Shorten it.", "query");
        }
    }

    /// <summary>A text of which no token is left.</summary>
    public static SearchRefusedException EmptyQuery() => new(
        RefusalCodes.EmptyQuery, "The query leaves no token; give at least one word or number to look for.", "query");

    /// <summary>Top and candidates of a search, within their limits; candidates are never fewer than top unless the caller said so.</summary>
    public (int Top, int Candidates) Sizes(int? top, int? candidates)
    {
        var wanted = RequireCount(top ?? options.DefaultTop, "top");
        var proposed = RequireCount(candidates ?? Math.Max(options.DefaultCandidates, wanted), "candidates");
        return (wanted, proposed);
    }

    /// <summary>Refuses a page that begins before the first result, or past any window.</summary>
    public void RequireFrom(int from)
    {
        if (from < 0 || from > options.MaxCandidates)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"from is {from}; expected 0 to {options.MaxCandidates}.", "from");
        }
    }

    /// <summary>Refuses a share of the captions that is none.</summary>
    public static void RequireLexicalWeight(double? weight)
    {
        if (weight is { } share && !(share is >= 0 and <= 1))
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"lexical_weight is {share}; expected the captions' share, 0 to 1.", "lexical_weight");
        }
    }

    /// <summary>The time for an answer. A request from a queue may have none left; that is no mistake of the caller.</summary>
    public TimeSpan Deadline(TimeSpan? asked) => asked ?? options.Deadline;

    /// <summary>Refuses lists that are empty, too long or hold an impossible id or score; answers how many results are wanted.</summary>
    public int RequireCandidates(IReadOnlyList<RerankCandidate> candidates, int? top)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (candidates.Count == 0)
        {
            throw new SearchRefusedException(
                RefusalCodes.NoCandidates, "There is no candidate to re-score; send at least one id.", "candidates");
        }

        RequireCount(candidates.Count, "candidates");
        for (var i = 0; i < candidates.Count; i++)
        {
            RequireId(candidates[i].Id, $"candidates[{i}].id");
            if (candidates[i].Score is { } score && !double.IsFinite(score))
            {
                throw new SearchRefusedException(
                    RefusalCodes.InvalidValue, $"candidates[{i}].score is {score}; a recall score is a finite number.", "candidates");
            }
        }

        return Math.Min(top is null ? candidates.Count : RequirePositive(top.Value, "top"), candidates.Count);
    }

    /// <summary>Refuses an id that no index can hold.</summary>
    public static void RequireId(string? id, string field)
    {
        if (string.IsNullOrEmpty(id) || id.Length > LongestId)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"{field} has {id?.Length ?? 0} characters; an id has 1 to {LongestId}.", field);
        }
    }

    /// <summary>Refuses filters that mean nothing, naming the field.</summary>
    public static void RequireFilters(IReadOnlyList<FieldFilter> filters)
    {
        if (filters.Count > MostFilters)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidFilter, $"{filters.Count} filters; at most {MostFilters} are taken.", "filter");
        }

        foreach (var filter in filters)
        {
            if (string.IsNullOrEmpty(filter.Field) || filter.Field.Length > LongestFilterText)
            {
                throw new SearchRefusedException(
                    RefusalCodes.InvalidFilter, $"A filter's field has 1 to {LongestFilterText} characters, got '{filter.Field}'.", "filter");
            }

            if (filter.Values.Count is 0 or > MostFilterValues)
            {
                throw new SearchRefusedException(
                    RefusalCodes.InvalidFilter,
                    $"The filter on '{filter.Field}' has {filter.Values.Count} values; give 1 to {MostFilterValues}.", "filter");
            }

            foreach (var value in filter.Values)
            {
                RequireScalar(filter.Field, value);
            }
        }
    }

    private static void RequireScalar(string field, JsonElement value)
    {
        var sound = value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => true,
            JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
            JsonValueKind.String => value.GetString()!.Length <= LongestFilterText,
            _ => false,
        };
        if (!sound)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidFilter,
                $"The filter on '{field}' holds {Describe(value)}; give a text of at most {LongestFilterText} characters, a finite number, "
                + "true, false or null, or a list of these.", "filter");
        }
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list within a list",
        JsonValueKind.Number => "a number out of range",
        _ => "a text that is too long",
    };

    private int RequireCount(int count, string field)
    {
        RequirePositive(count, field);
        return count <= options.MaxCandidates
            ? count
            : throw new SearchRefusedException(
                RefusalCodes.TooManyCandidates, $"{field} is {count}; at most {options.MaxCandidates} are taken.", field);
    }

    private static int RequirePositive(int count, string field) => count >= 1
        ? count
        : throw new SearchRefusedException(RefusalCodes.InvalidValue, $"{field} is {count}; it is at least 1.", field);
}
