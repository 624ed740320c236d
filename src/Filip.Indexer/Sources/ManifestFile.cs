using System.Buffers;

namespace Filip.Indexer.Sources;

/// <summary>What the manifests of either form have in common: a file that is opened and counted.</summary>
internal static class ManifestFile
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Opens the file for one pass.</summary>
    /// <exception cref="SourceRefusedException">It cannot be opened.</exception>
    public static FileStream Open(string file, string name)
    {
        try
        {
            return new FileStream(file, new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SourceRefusedException($"The manifest '{name}' cannot be opened: {problem.Message}", problem);
        }
    }

    /// <summary>Lines that hold anything; an estimate of the records.</summary>
    public static async ValueTask<long> CountLinesAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long lines = 0;
            var blank = true;
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                CountLines(buffer.AsSpan(0, read), ref lines, ref blank);
            }

            return lines;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CountLines(ReadOnlySpan<byte> bytes, ref long lines, ref bool blank)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (blank && part.ContainsAnyExcept(" \t\r"u8))
            {
                lines++;
                blank = false;
            }

            if (end < 0)
            {
                return;
            }

            blank = true;
            bytes = bytes[(end + 1)..];
        }
    }
}
