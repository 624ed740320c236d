using System.Diagnostics;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;
using Filip.Rerank.Patches;

namespace Filip.Cli.Comparing;

/// <summary>Records of an index as they would be with another codec, and how large they are.</summary>
/// <remarks>
/// The time for bringing records to the codec is kept apart: an index built with it would not pay it. One search at a
/// time, so that the time belongs to that search.
/// </remarks>
/// <param name="inner">The index's own records; not disposed here.</param>
/// <param name="codec">The codec wanted; null leaves the records as they are.</param>
internal sealed class CodecPatchStore(IPatchStore inner, PatchCodec? codec) : IPatchStore
{
    private long _records;
    private long _bytes;
    private TimeSpan _spent;

    /// <summary>The records that a variant is scored on.</summary>
    /// <param name="spec">The variant.</param>
    /// <param name="index">The index it searches.</param>
    /// <exception cref="UsageException">The index's codec holds less than the one asked for.</exception>
    public static CodecPatchStore For(EngineSpec spec, OpenedIndex index)
    {
        var kept = index.Stamp.Codec;
        return spec.Codec is { } wanted && wanted < kept
            ? throw new UsageException(
                $"'{spec.Text}': the index keeps patches as {VariantSpecParser.Name(kept)}, and {VariantSpecParser.Name(wanted)} cannot be had from that. "
                + $"Index again with --codec {VariantSpecParser.Name(wanted)}.")
            : new CodecPatchStore(index.Patches, spec.Codec == kept ? null : spec.Codec);
    }

    /// <summary>Mean bytes of a record met so far; null before the first.</summary>
    public double? BytesPerRecord => _records == 0 ? null : (double)_bytes / _records;

    /// <inheritdoc/>
    public async ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var batch = await inner.FetchAsync(ids, cancellationToken);
        if (codec is null)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                Count(batch[i]);
            }

            return batch;
        }

        using (batch)
        {
            var start = Stopwatch.GetTimestamp();
            var records = new ReadOnlyMemory<byte>[batch.Count];
            for (var i = 0; i < records.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                records[i] = Transcode(batch[i].Span, codec.Value);
                Count(records[i]);
            }

            _spent += Stopwatch.GetElapsedTime(start);
            return new PatchBatch(records);
        }
    }

    /// <summary>Time spent on bringing records to the codec since the last call.</summary>
    public TimeSpan TakeSpent()
    {
        var spent = _spent;
        _spent = TimeSpan.Zero;
        return spent;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ReadOnlyMemory<byte> Transcode(ReadOnlySpan<byte> record, PatchCodec codec)
    {
        // A missing or damaged record stays what it is: whoever scores it says so.
        if (PatchRecord.TryRead(record, out var view) != PatchRecordProblem.None)
        {
            return record.ToArray();
        }

        var fingerprint = BitConverter.GetBytes(view.Fingerprint);
        if (!BitConverter.IsLittleEndian)
        {
            Array.Reverse(fingerprint);
        }

        return PatchRecord.Encode(view.Decode(), codec, view.Grid, fingerprint);
    }

    private void Count(ReadOnlyMemory<byte> record)
    {
        if (!record.IsEmpty)
        {
            _records++;
            _bytes += record.Length;
        }
    }
}
