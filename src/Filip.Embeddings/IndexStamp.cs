using System.Text.Json.Serialization;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pooling;

namespace Filip.Embeddings;

/// <summary>What an index was built with; kept with the index and compared by whoever opens it.</summary>
/// <param name="Fingerprint">Fingerprint of the model folder, 64 lower-case hexadecimal digits.</param>
/// <param name="ModelId">The model's own name, for people.</param>
/// <param name="PatchDimension">Values in a patch row.</param>
/// <param name="PooledDimension">Values in the pooled vector.</param>
/// <param name="Codec">How patch vectors are kept.</param>
/// <param name="Contract">Name of the scoring contract, such as <c>filip-t2i</c>.</param>
/// <param name="FormatVersion">Version of the index's own layout.</param>
public sealed record IndexStamp(
    string Fingerprint,
    string ModelId,
    int PatchDimension,
    int PooledDimension,
    PatchCodec Codec,
    string Contract,
    int FormatVersion = IndexStamp.CurrentFormatVersion)
{
    /// <summary>The layout this build writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Which vectors stage one finds a picture by. Left out of the written stamp where it is the model's pooled vector alone, as in stamps of old.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PooledVectors PooledVectors { get; init; }

    /// <summary>Refuses an index that another model, codec or layout made. Never a bad ranking.</summary>
    /// <param name="running">What this process would write.</param>
    /// <exception cref="StampMismatchException">A part differs that changes what a score means.</exception>
    public void EnsureUsableBy(IndexStamp running)
    {
        ArgumentNullException.ThrowIfNull(running);
        if (Fingerprint != running.Fingerprint)
        {
            throw new StampMismatchException(
                $"The index was built with model '{ModelId}' ({Fingerprint[..12]}); this process runs '{running.ModelId}' "
                + $"({running.Fingerprint[..12]}). Name the model folder it was built with, or index again into a new index.");
        }

        if (FormatVersion != running.FormatVersion)
        {
            throw new StampMismatchException(
                $"The index has format version {FormatVersion}; this build reads version {running.FormatVersion}. "
                + "Index again, or run the build that wrote it.");
        }

        if (PatchDimension != running.PatchDimension || PooledDimension != running.PooledDimension)
        {
            throw new StampMismatchException(
                $"The index holds patches of {PatchDimension} and pooled vectors of {PooledDimension} values; the model gives "
                + $"{running.PatchDimension} and {running.PooledDimension}. Index again into a new index.");
        }

        if (PooledVectors != running.PooledVectors)
        {
            throw new StampMismatchException(
                $"The index's pooled vectors are '{PooledVectors}'; this process would use '{running.PooledVectors}'. "
                + $"Say --pooled-vectors {PooledVectors}, or build another generation with --new-generation.");
        }
    }
}

/// <summary>An index and the running model do not belong together.</summary>
/// <param name="message">What was found, what was expected, what to do.</param>
public sealed class StampMismatchException(string message) : InvalidOperationException(message);
