using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Filip.Relevance.Files;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Comparison;

/// <summary>The record of a comparison. It never changes; anything else compared is another experiment with another hash.</summary>
/// <param name="A">A's spec.</param>
/// <param name="B">B's spec.</param>
/// <param name="RunA">SHA-256 of A's answers.</param>
/// <param name="RunB">SHA-256 of B's answers.</param>
/// <param name="Qrels">SHA-256 of the judgements, whatever form they were read from.</param>
/// <param name="Queries">SHA-256 of the queries' ids and texts.</param>
/// <param name="Metrics">The metrics, between commas.</param>
/// <param name="Level">Lowest relevant grade.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Permutations">Random patterns of the randomisation test.</param>
/// <param name="Resamples">Resamples of the bootstrap.</param>
/// <param name="Fingerprint">The model's fingerprint, where there was one.</param>
/// <param name="Generation">The index generation, where there was one.</param>
/// <param name="Versions">Versions of what took part, by name.</param>
public sealed record Experiment(
    string A,
    string B,
    string RunA,
    string RunB,
    string Qrels,
    string Queries,
    string Metrics,
    double Level,
    ulong Seed,
    int Permutations,
    int Resamples,
    string? Fingerprint,
    string? Generation,
    IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>SHA-256 over all the other members, in hexadecimal.</summary>
    public string Hash => Sha256(
    [
        "filip-experiment 1", A, B, RunA, RunB, Qrels, Queries, Metrics, Fields.Text(Level),
        Seed.ToString(CultureInfo.InvariantCulture),
        Permutations.ToString(CultureInfo.InvariantCulture),
        Resamples.ToString(CultureInfo.InvariantCulture),
        Fingerprint ?? "", Generation ?? "",
        .. Versions.OrderBy(version => version.Key, StringComparer.Ordinal).SelectMany(v => new[] { v.Key, v.Value }),
    ]);

    internal static Experiment Of(ComparisonRequest request, IReadOnlyList<MetricName> metrics) => new(
        request.A.Spec,
        request.B.Spec,
        HashOf(request.A.Run),
        HashOf(request.B.Run),
        Sha256(
            from query in request.Qrels.ByQuery.OrderBy(one => one.Key, StringComparer.Ordinal)
            from judgement in query.Value.OrderBy(one => one.Key, StringComparer.Ordinal)
            from field in new[] { query.Key, judgement.Key, Fields.Text(judgement.Value) }
            select field),
        Sha256(request.Queries
            .OrderBy(query => query.Id, StringComparer.Ordinal)
            .SelectMany(query => new[] { query.Id, query.Text })),
        string.Join(",", metrics),
        request.Evaluation.RelevanceLevel,
        request.Statistics.Seed,
        request.Statistics.Permutations,
        request.Statistics.Resamples,
        request.Setting.Fingerprint,
        request.Setting.Generation,
        request.Setting.Versions ?? new Dictionary<string, string>());

    private static string HashOf(Run run) => Sha256(
        from query in run.Queries.Order(StringComparer.Ordinal)
        from document in run[query]
        from field in new[] { query, document.Id, Fields.Text(document.Score) }
        select field);

    /// <summary>Each field goes in with its length: no two lists of fields give the same bytes.</summary>
    private static string Sha256(IEnumerable<string> fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string field in fields)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(field);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
