using Filip.Embeddings.Pictures;

namespace Filip.Rerank.Service;

/// <summary>Pictures' files below the picture root, and no others.</summary>
internal sealed class PictureFiles
{
    private readonly string? _root;

    /// <summary>Files below the root; none where there is no root.</summary>
    public PictureFiles(FilipServerOptions options) =>
        _root = options.PictureRoot is null ? null : RealPath(Path.GetFullPath(options.PictureRoot));

    /// <summary>A picture's pixels; null where its file is not below the root, not there or no picture.</summary>
    /// <param name="path">The path that the index keeps.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<RgbPicture?> TryReadAsync(string? path, CancellationToken cancellationToken)
    {
        if (_root is null || string.IsNullOrEmpty(path) || Find(path) is not { } file)
        {
            return null;
        }

        try
        {
            return PictureDecoder.Decode(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PictureRefusedException)
        {
            return null;
        }
    }

    private string? Find(string path)
    {
        try
        {
            // Links are followed before the comparison: one below the root may point out of it.
            var real = RealPath(Path.GetFullPath(path, _root!));
            return real.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                && new FileInfo(real) is { Exists: true } file && file.Length <= PictureLimits.Default.FileBytes
                ? real : null;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The path with every link in it followed.</summary>
    private static string RealPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var here = Path.Combine(RealPath(parent), Path.GetFileName(path));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here;
    }
}
