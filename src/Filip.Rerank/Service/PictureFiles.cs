using Filip.Rerank.Search;

namespace Filip.Rerank.Service;

/// <summary>Pictures' files below the picture root, and no others.</summary>
internal sealed class PictureFiles
{
    private const long LargestFile = 32_000_000;

    private readonly string? _root;

    /// <summary>Files below the root; none where it is null.</summary>
    public PictureFiles(FilipServerOptions options) => _root = options.PictureRoot is null ? null : RealPath(options.PictureRoot);
}
