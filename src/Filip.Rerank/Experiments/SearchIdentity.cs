using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Filip.Rerank.Search;

namespace Filip.Rerank.Experiments;

/// <summary>The id of a search: the same for all pages of it, on every replica, with nothing kept.</summary>
internal static class SearchIdentity
{
    private const int IdBytes = 16;

    /// <summary>An id from the experiment, the session and everything that shapes the window, but not the page.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="session">Who searches.</param>
    /// <param name="request">The search.</param>
    /// <param name="how">How the answer came about where that is not the experiment's own way: its clicks are not the experiment's either.</param>
    public static string Of(ExperimentOptions experiment, string? session, SearchRequest request, string? how)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in Parts(experiment, session, request, how))
        {
            // The length goes first: ("ab", "c") and ("a", "bc") are different searches.
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, IdBytes));
    }

    private static IEnumerable<string> Parts(ExperimentOptions experiment, string? session, SearchRequest request, string? how)
    {
        yield return experiment.Name;
        yield return experiment.ModeName;
        yield return experiment.A.Text;
        yield return experiment.B.Text;
        yield return how ?? "";
        yield return session ?? "";
        yield return request.Query ?? "";
        yield return request.Lexical
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"lexical{request.LexicalWeight}")
            : "";
        yield return request.Candidates?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        foreach (var filter in request.Filters.OrderBy(filter => filter.Field, StringComparer.Ordinal))
        {
            yield return filter.Field;
            foreach (var value in filter.Values)
            {
                yield return value.GetRawText();
            }
        }
    }
}
