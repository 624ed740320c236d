using System.Buffers;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>Reads a picture's bytes within the limits, and hashes them with its fields.</summary>
internal sealed class PictureLoader(IndexingOptions options, ByteBudget budget, PictureFetcher? fetcher)
{
    /// <summary>The picture with its bytes.</summary>
    /// <exception cref="PictureUnreadException">This picture cannot be had; the others can.</exception>
    public async ValueTask<LoadedPicture> LoadAsync(PictureEntry entry, CancellationToken cancellationToken) =>
        entry.File is { } file
            ? await ReadAsync(entry, file, cancellationToken)
            : await FetchAsync(entry, cancellationToken);

    private async ValueTask<LoadedPicture> ReadAsync(PictureEntry entry, string file, CancellationToken cancellationToken)
    {
        LoadedPicture? picture = null;
        try
        {
            var length = SizeOf(entry, file);
            await budget.AcquireAsync(length, cancellationToken);
            picture = new LoadedPicture(entry, ArrayPool<byte>.Shared.Rent((int)length), length, budget);
            using var handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
            var read = 0;
            while (read < length)
            {
                var more = RandomAccess.Read(handle, picture.Buffer.AsSpan(read, (int)length - read), read);
                if (more == 0)
                {
                    break;
                }

                read += more;
            }

            return picture.Seal(read);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            picture?.Dispose();
            throw problem is FileNotFoundException or DirectoryNotFoundException
                ? Missing(entry)
                : new PictureUnreadException(DeadLetterCode.FileUnreadable, $"The file cannot be read: {problem.Message}");
        }
        catch
        {
            picture?.Dispose();
            throw;
        }
    }

    private long SizeOf(PictureEntry entry, string file)
    {
        // The size is asked for before the file is opened: opening a pipe would wait for ever, and such things have size 0.
        var info = new FileInfo(file);
        if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
        {
            info = target;
        }

        if (!info.Exists)
        {
            throw Directory.Exists(file)
                ? new PictureUnreadException(DeadLetterCode.FileUnreadable, $"'{entry.Path}' is a folder; expected a file.")
                : Missing(entry);
        }

        return info.Length switch
        {
            0 => throw new PictureUnreadException(DeadLetterCode.FileEmpty, "The file holds no bytes."),
            var length when length > options.MaxFileBytes => throw new PictureUnreadException(
                DeadLetterCode.FileTooLarge, $"The file has {length} bytes; at most {options.MaxFileBytes} are read."),
            var length => length,
        };
    }

    private async ValueTask<LoadedPicture> FetchAsync(PictureEntry entry, CancellationToken cancellationToken)
    {
        if (!options.AllowUrls || fetcher is null)
        {
            throw new PictureUnreadException(
                DeadLetterCode.UrlNotAllowed,
                "The picture is at a URL, and this job does not fetch. Allow URLs, or download the picture and give its path.");
        }

        // What a server will send is not known before it has: the most it may send is set aside.
        await budget.AcquireAsync(options.MaxFileBytes, cancellationToken);
        try
        {
            var bytes = await fetcher.FetchAsync(entry.Url!, options.MaxFileBytes, cancellationToken);
            var picture = new LoadedPicture(entry, ArrayPool<byte>.Shared.Rent(bytes.Length), options.MaxFileBytes, budget);
            bytes.CopyTo(picture.Buffer);
            return picture.Seal(bytes.Length);
        }
        catch (FetchRefusedException problem)
        {
            budget.Release(options.MaxFileBytes);
            throw new PictureUnreadException(DeadLetterCode.UrlFailed, problem.Message);
        }
        catch
        {
            budget.Release(options.MaxFileBytes);
            throw;
        }
    }

    private static PictureUnreadException Missing(PictureEntry entry) => new(
        DeadLetterCode.FileMissing,
        $"There is no file '{entry.Path}'. Relative paths are against the source's folder, and names must agree letter for letter"
        + (entry.Path.All(char.IsAscii) ? "." : " (a composed and a decomposed é are two names)."));
}

/// <summary>One picture cannot be had; becomes a dead letter.</summary>
internal sealed class PictureUnreadException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="DeadLetterCode"/>.</summary>
    public string Code { get; } = code;
}
