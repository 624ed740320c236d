using System.Globalization;
using System.Text.Json.Serialization;

namespace Filip.Embeddings.Pooling;

/// <summary>Which vectors stage one finds a picture by: the model's pooled vector alone, or several vectors made of its patches besides.</summary>
/// <remarks>
/// Written as <c>single</c>, <c>centroids:N</c> (N from 2 to 64: k-means of the patches) or <c>grid:N</c> (N from 2 to 16: the
/// means of N × N cells of the patch grid). The default value is <see cref="Single"/>. Kept in the stamp, because pictures
/// of two kinds cannot be compared in one index.
/// </remarks>
[JsonConverter(typeof(PooledVectorsConverter))]
public readonly record struct PooledVectors
{
    /// <summary>Most centroids of a picture.</summary>
    public const int MostCentroids = 64;

    /// <summary>Most cells a side.</summary>
    public const int MostCells = 16;

    private const string SingleName = "single";
    private const string CentroidsName = "centroids";
    private const string GridName = "grid";

    private PooledVectors(PooledKind kind, int count)
    {
        Kind = kind;
        Count = count;
    }

    /// <summary>The model's pooled vector alone.</summary>
    public static PooledVectors Single => default;

    /// <summary>How the vectors are made.</summary>
    public PooledKind Kind { get; }

    /// <summary>Centroids, or cells a side; 0 for <see cref="Single"/>.</summary>
    public int Count { get; }

    /// <summary>Whether there are vectors beside the pooled one.</summary>
    public bool IsSeveral => Kind != PooledKind.Single;

    /// <summary>Most vectors of a picture beside its pooled one; a picture of few or equal patches has fewer.</summary>
    public int MostRows => Kind == PooledKind.Grid ? Count * Count : Count;

    /// <summary>K-means centroids of the patches.</summary>
    /// <param name="count">From 2 to <see cref="MostCentroids"/>.</param>
    public static PooledVectors Centroids(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostCentroids);
        return new PooledVectors(PooledKind.Centroids, count);
    }

    /// <summary>Means of the cells of a grid laid over the patches.</summary>
    /// <param name="side">Cells a side, from 2 to <see cref="MostCells"/>.</param>
    public static PooledVectors Grid(int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MostCells);
        return new PooledVectors(PooledKind.Grid, side);
    }

    /// <summary>Reads <c>single</c>, <c>centroids:N</c> or <c>grid:N</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is none of these, or N is out of range.</exception>
    public static PooledVectors Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var vectors)
            ? vectors
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{text}' is no kind of pooled vectors; there are {SingleName}, {CentroidsName}:N (N from 2 to {MostCentroids}) and {GridName}:N (N from 2 to {MostCells})."));
    }

    /// <summary>Reads <c>single</c>, <c>centroids:N</c> or <c>grid:N</c>; false where it is none of these.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vectors">What it says.</param>
    public static bool TryParse(string? text, out PooledVectors vectors)
    {
        vectors = default;
        if (text == SingleName)
        {
            return true;
        }

        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 2)
        {
            return false;
        }

        switch (text![..colon])
        {
            case CentroidsName when count <= MostCentroids:
                vectors = new PooledVectors(PooledKind.Centroids, count);
                return true;
            case GridName when count <= MostCells:
                vectors = new PooledVectors(PooledKind.Grid, count);
                return true;
            default:
                return false;
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        PooledKind.Centroids => string.Create(CultureInfo.InvariantCulture, $"{CentroidsName}:{Count}"),
        PooledKind.Grid => string.Create(CultureInfo.InvariantCulture, $"{GridName}:{Count}"),
        _ => SingleName,
    };
}

/// <summary>How the vectors beside the pooled one are made.</summary>
public enum PooledKind
{
    /// <summary>There are none.</summary>
    Single,

    /// <summary>K-means centroids of the patches.</summary>
    Centroids,

    /// <summary>Means of grid cells.</summary>
    Grid,
}
