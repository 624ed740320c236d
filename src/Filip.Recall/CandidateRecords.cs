namespace Filip.Recall;

/// <summary>The candidates' patch records, where they came with the candidates in one round trip; valid until disposed.</summary>
/// <param name="records">One record a candidate, in the candidates' order; empty where a picture has none.</param>
/// <param name="owner">Keeps the records' memory; released on dispose.</param>
public sealed class CandidateRecords(ReadOnlyMemory<byte>[] records, IDisposable owner) : IDisposable
{
    /// <summary>The records.</summary>
    public ReadOnlyMemory<byte>[] Records => records;

    /// <inheritdoc/>
    public void Dispose() => owner.Dispose();
}
