using Filip.Recall.Elastic;
using Filip.Rerank.Search;

namespace Filip.Rerank.DropIn;

/// <summary>What the drop-in search route speaks to, and what it takes.</summary>
public sealed record DropInOptions
{
    /// <summary>The cluster. Credentials in its URL are never used on this route: every request travels with its caller's.</summary>
    public required ElasticAddress Address { get; init; }

    /// <summary>Indices and aliases that may be searched through the route; none takes the one that <see cref="Address"/> names.</summary>
    public IReadOnlyList<DropInIndex> Indices { get; init; } = [];

    /// <summary>PEM file of the certificate authority; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>SHA-256 of the certificate authority's certificate, hexadecimal, colons allowed; null if none.</summary>
    public string? CaFingerprint { get; init; }

    /// <summary>Largest request body in bytes, unpacked.</summary>
    /// <value>The default is 4 MiB; 1 KiB to 64 MiB.</value>
    public int MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>Largest answer of Elasticsearch that is read to be changed; what passes through is not bounded.</summary>
    /// <value>The default is 64 MiB; 64 KiB to 1 GiB.</value>
    public int MaxAnswerBytes { get; init; } = 64 << 20;

    /// <summary>Longest wait for the beginning of an answer of Elasticsearch, and for the whole of one that is changed.</summary>
    /// <value>The default is 30 s; 10 ms to 10 min.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refuses values outside the ranges above.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what is expected.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Address);
        SearchOptions.RequireRange(nameof(MaxBodyBytes), MaxBodyBytes, 1024, 64 << 20);
        SearchOptions.RequireRange(nameof(MaxAnswerBytes), MaxAnswerBytes, 64 << 10, 1 << 30);
        SearchOptions.RequireRange(nameof(Timeout), Timeout.TotalMilliseconds, 10, 600_000);
        foreach (var index in Indices)
        {
            // The address knows which names can be an index; a wildcard or a list would open more than was meant.
            _ = Address.WithIndex(index.Name);
            _ = index.PatchIndex is null ? null : Address.WithIndex(index.PatchIndex);
        }
    }

    /// <summary>The indices by name.</summary>
    internal IReadOnlyDictionary<string, DropInIndex> ByName() =>
        (Indices.Count > 0 ? Indices : [new DropInIndex(Address.Index)])
            .DistinctBy(index => index.Name)
            .ToDictionary(index => index.Name, StringComparer.Ordinal);
}

/// <summary>An index or alias that may be searched through the drop-in route.</summary>
/// <param name="Name">Its name, as callers write it in the path.</param>
/// <param name="PatchIndex">Where its pictures' patches are, under the same ids, when they stand in an index of their own; null for the index itself.</param>
public sealed record DropInIndex(string Name, string? PatchIndex = null);
