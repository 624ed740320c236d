using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded;

/// <summary>Walks an embedded index, trusting nothing: by plain reads, no file is mapped.</summary>
/// <remarks>
/// Codes: <c>DATABASE_DAMAGED</c>, <c>SEGMENT_MISSING</c>, <c>SEGMENT_SHORT</c>, <c>SEGMENT_HEADER</c>, <c>POOLED_DAMAGED</c>,
/// <c>PATCHES_DAMAGED</c>, <c>CAPTIONS_DIFFER</c> (errors); <c>POOLED_LENGTH</c>, <c>TORN_TAIL</c>, <c>STRAY_FILE</c> (warnings: the next
/// writer mends the last two); <c>DEAD_BYTES</c>, <c>OTHER_GENERATION</c>, <c>COUNTS</c> (info). At most 100 pictures of a kind are named.
/// </remarks>
public static class EmbeddedVerifier
{
    private const int MostNamed = 100;
    private const float LengthTolerance = 1e-2f;

    /// <summary>All findings of a full walk; no error among them means that every picture can be found and scored.</summary>
    /// <param name="path">The index's folder.</param>
    /// <param name="cancellationToken">Looked at between pictures.</param>
    /// <exception cref="IndexNotFoundException">There is no index.</exception>
    public static async ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        var (current, previous) = GenerationFolder.Read(path);
        List<IndexFinding> findings = [];
        await Task.Run(
            () =>
            {
                try
                {
                    Walk(Path.Combine(path, current), findings, cancellationToken);
                }
                catch (Exception exception) when (exception is SqliteException or EmbeddedIndexException or InvalidDataException)
                {
                    Error(findings, "DATABASE_DAMAGED", IndexDatabase.Trouble(Path.Combine(path, current), exception).Message);
                }
            },
            cancellationToken);
        foreach (var other in GenerationFolder.List(path).Where(name => name != current))
        {
            findings.Add(new IndexFinding(IndexFinding.Info, "OTHER_GENERATION", other == previous
                ? $"{other} is kept for 'filip rollback'."
                : $"{other} does not answer; promote it, or remove its folder if nothing writes to it."));
        }

        return findings;
    }

    private static void Walk(string folder, List<IndexFinding> findings, CancellationToken cancellationToken)
    {
        using var connection = IndexDatabase.OpenReader(folder);
        using var transaction = connection.BeginTransaction(deferred: true);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA quick_check(1)";
            if (command.ExecuteScalar() is string said and not "ok")
            {
                Error(findings, "DATABASE_DAMAGED", $"'{Path.Combine(folder, IndexDatabase.FileName)}': {said}. Bring it back from a copy, or index again.");
            }
        }

        var stamp = IndexDatabase.ReadStamp(connection);
        var segments = CatalogueReader.ReadSegments(connection);
        var readable = segments.Where(segment => CheckSegment(folder, stamp, segment, findings)).ToList();
        CheckStrays(folder, segments, findings);
        var pictures = CheckPictures(folder, connection, stamp, readable, findings, cancellationToken);
        var captioned = IndexDatabase.ReadNumber(connection, "SELECT count(*) FROM pictures WHERE caption IS NOT NULL");
        var indexed = IndexDatabase.ReadNumber(connection, "SELECT count(*) FROM captions");
        var unmatched = IndexDatabase.ReadNumber(
            connection, "SELECT count(*) FROM pictures WHERE caption IS NOT NULL AND row NOT IN (SELECT rowid FROM captions)");
        if (captioned != indexed || unmatched != 0)
        {
            Error(findings, "CAPTIONS_DIFFER", Invariant(
                $"{captioned} pictures have a caption and {indexed} captions can be searched ({unmatched} pictures without theirs). Index again into a new index."));
        }

        var (dead, total) = Compaction.Measure(connection, stamp.PooledDimension);
        findings.Add(new IndexFinding(IndexFinding.Info, "DEAD_BYTES", Invariant($"{dead} of {total} segment bytes belong to no picture.")));
        findings.Add(new IndexFinding(IndexFinding.Info, "COUNTS", Invariant(
            $"{pictures} pictures, {indexed} captions, {segments.Count} segments in {Path.GetFileName(folder)}.")));
    }

    private static bool CheckSegment(
        string folder, IndexStamp stamp, (SegmentKind Kind, int Number, int Length) segment, List<IndexFinding> findings)
    {
        var header = new SegmentHeader(
            segment.Kind, segment.Number, segment.Kind == SegmentKind.Pooled ? stamp.PooledDimension : 0,
            SegmentHeader.ShortFingerprint(stamp.Fingerprint));
        var path = Path.Combine(folder, header.FileName);
        if (!File.Exists(path))
        {
            Error(findings, "SEGMENT_MISSING", $"'{path}' is gone. Bring it back from a copy, or index again into a new folder.");
            return false;
        }

        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var there = RandomAccess.GetLength(handle);
        if (there < segment.Length)
        {
            Error(findings, "SEGMENT_SHORT", Invariant($"'{path}' holds {there} bytes; the index says {segment.Length}. The file was cut."));
        }
        else if (there > segment.Length)
        {
            findings.Add(new IndexFinding(IndexFinding.Warning, "TORN_TAIL", Invariant(
                $"'{path}' has {there - segment.Length} bytes after its end, of a write in progress or cut short; the next writer removes them.")));
        }

        var bytes = new byte[SegmentHeader.Length];
        var read = RandomAccess.Read(handle, bytes, 0);
        if (header.Mismatch(bytes.AsSpan(0, read)) is { } wrong)
        {
            Error(findings, "SEGMENT_HEADER", $"'{path}' is not the segment the index means: {wrong}.");
        }

        return true;
    }

    private static void CheckStrays(
        string folder, List<(SegmentKind Kind, int Number, int Length)> segments, List<IndexFinding> findings)
    {
        var known = segments.Select(segment => SegmentHeader.NameOf(segment.Kind, segment.Number)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in Directory.EnumerateFiles(folder, "*.seg").Select(file => Path.GetFileName(file)).Where(name => !known.Contains(name)))
        {
            findings.Add(new IndexFinding(IndexFinding.Warning, "STRAY_FILE",
                $"'{name}' belongs to no picture (a write or a compaction in progress or cut short); the next writer removes it."));
        }
    }

    private static long CheckPictures(
        string folder, SqliteConnection connection, IndexStamp stamp, List<(SegmentKind Kind, int Number, int Length)> segments,
        List<IndexFinding> findings, CancellationToken cancellationToken)
    {
        using var sources = new SegmentSources(folder, segments);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT id, row, pooled_segment, pooled_offset, pooled_crc, patch_segment, patch_offset, patch_length, patch_crc
            FROM pictures ORDER BY row
            """;
        using var reader = command.ExecuteReader();
        var named = new Dictionary<string, int>();
        long pictures = 0;
        for (; reader.Read(); pictures++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = SqliteText.Read(reader, 0)!;
            var place = CatalogueReader.ReadPlace(reader, 1);
            var pooled = sources.Read(SegmentKind.Pooled, place.Pooled, stamp.PooledDimension * sizeof(float));
            if (Checksum.Of(pooled) != place.PooledChecksum)
            {
                Picture(IndexFinding.Error, "POOLED_DAMAGED", $"The pooled vector of '{id}' does not have its checksum; index the picture again.");
            }
            else if (Math.Abs(TensorPrimitives.Norm(MemoryMarshal.Cast<byte, float>(pooled)) - 1) > LengthTolerance)
            {
                Picture(IndexFinding.Warning, "POOLED_LENGTH", $"The pooled vector of '{id}' is not of length 1; index the picture again.");
            }

            if (place.PatchLength is < 1 or > PictureDoor.MostRecordBytes
                || Checksum.Of(sources.Read(SegmentKind.Patches, place.Patches, place.PatchLength)) != place.PatchChecksum)
            {
                Picture(IndexFinding.Error, "PATCHES_DAMAGED", $"The patch record of '{id}' does not have its checksum; index the picture again.");
            }
        }

        foreach (var (code, count) in named.Where(kind => kind.Value > MostNamed))
        {
            Error(findings, code, Invariant($"… and {count - MostNamed} more of the kind {code}."));
        }

        return pictures;

        void Picture(string level, string code, string message)
        {
            named[code] = named.GetValueOrDefault(code) + 1;
            if (named[code] <= MostNamed)
            {
                findings.Add(new IndexFinding(level, code, message));
            }
        }
    }

    private static void Error(List<IndexFinding> findings, string code, string message) =>
        findings.Add(new IndexFinding(IndexFinding.Error, code, message));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
