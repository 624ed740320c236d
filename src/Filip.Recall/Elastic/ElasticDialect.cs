using System.Globalization;

namespace Filip.Recall.Elastic;

/// <summary>The media types a server is spoken to in: its own version's, so that a later one answers as that version did.</summary>
/// <remarks>
/// <c>application/vnd.elasticsearch+json;compatible-with=N</c> is refused by servers older than N and understood by N and
/// N + 1. Plain types are understood by all, and taken while the version is not known or may not be asked.
/// </remarks>
internal sealed record ElasticDialect
{
    private const int Newest = 9;

    private ElasticDialect(int? compatibleWith)
    {
        CompatibleWith = compatibleWith;
        (Json, Cbor, Ndjson) = compatibleWith is null
            ? ("application/json", "application/cbor", "application/x-ndjson")
            : (Vendor("json", compatibleWith), Vendor("cbor", compatibleWith), Vendor("x-ndjson", compatibleWith));
    }

    /// <summary>Types that every server understands.</summary>
    public static ElasticDialect Plain { get; } = new(compatibleWith: null);

    /// <summary>The major version asked for; null asks for none.</summary>
    public int? CompatibleWith { get; }

    /// <summary>JSON.</summary>
    public string Json { get; }

    /// <summary>CBOR.</summary>
    public string Cbor { get; }

    /// <summary>JSON lines, for bulks.</summary>
    public string Ndjson { get; }

    /// <summary>What a server of this version is spoken to in.</summary>
    /// <param name="version">Its version; 0.0 where it is not known.</param>
    public static ElasticDialect For(Version version) =>
        version.Major < 8 ? Plain : new ElasticDialect(Math.Min(version.Major, Newest));

    private static string Vendor(string kind, int? major) =>
        string.Create(CultureInfo.InvariantCulture, $"application/vnd.elasticsearch+{kind};compatible-with={major}");
}
