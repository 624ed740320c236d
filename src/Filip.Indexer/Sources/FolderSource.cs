using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>All pictures under a folder, at any depth.</summary>
/// <remarks>
/// <para>A picture's id is its path relative to the folder, with <c>/</c>, extension included, letter for letter as the
/// file system gives it: <c>cats/001.png</c> and <c>dogs/001.png</c> are two pictures.</para>
/// <para>Files count as pictures by extension, in any case. Formats that we refuse (TIFF, HEIC, SVG, …) are named too, so
/// that each gets its dead letter; other files, and names that begin with a dot, are passed over.</para>
/// <para>Links are followed; a linked folder once, and never into a folder that holds the link, so loops end.</para>
/// </remarks>
public sealed class FolderSource : IPictureSource
{
    private static readonly HashSet<string> s_pictures = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib",
        ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".jxl", ".jp2", ".j2k", ".psd", ".ico", ".tga",
        ".pbm", ".pgm", ".ppm", ".pnm", ".qoi", ".exr", ".dng", ".cr2", ".nef", ".arw",
    };

    private readonly string _root;

    /// <summary>Names a folder; it is read when the listing starts.</summary>
    /// <param name="folder">The folder.</param>
    public FolderSource(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Name = folder;
        _root = Path.GetFullPath(folder);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
        {
            throw new SourceRefusedException($"'{Name}' is no folder. Name a folder of pictures.");
        }

        await Task.CompletedTask;
        foreach (var item in Walk())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (var item in ReadAsync(cancellationToken))
        {
            count += item is SourceItem.PassedOver ? 0 : 1;
        }

        return count;
    }

    private IEnumerable<SourceItem> Walk()
    {
        var linked = new HashSet<string>(StringComparer.Ordinal) { RealPath(_root) };
        var folders = new Stack<(string Folder, string Relative)>();
        folders.Push((_root, ""));
        while (folders.TryPop(out var at))
        {
            var inside = new List<(string Folder, string Relative, bool IsLink)>();
            using var entries = Entries(at.Folder);
            while (true)
            {
                SourceItem? refused = null;
                try
                {
                    if (!entries.MoveNext())
                    {
                        break;
                    }
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    refused = Unreadable(at.Relative, problem);
                }

                if (refused is not null)
                {
                    yield return refused;
                    break;
                }

                var (name, isFolder, isLink) = entries.Current;
                var relative = at.Relative + name;
                var full = Path.Combine(at.Folder, name);
                if (name.StartsWith('.'))
                {
                    yield return new SourceItem.PassedOver(relative);
                }
                else if (!isFolder)
                {
                    yield return s_pictures.Contains(Path.GetExtension(name))
                        ? Picture(relative, full)
                        : new SourceItem.PassedOver(relative);
                }
                else
                {
                    inside.Add((full, relative + "/", isLink));
                }
            }

            // In ordinal order, so that the link which is followed first is the same everywhere; the stack wants it backwards.
            inside.Sort((left, right) => string.CompareOrdinal(left.Relative, right.Relative));
            foreach (var folder in inside.Where(folder => folder.IsLink && !MayFollow(folder.Folder, at.Folder, linked)).ToList())
            {
                inside.Remove(folder);
                yield return new SourceItem.PassedOver(folder.Relative);
            }

            for (var i = inside.Count - 1; i >= 0; i--)
            {
                folders.Push((inside[i].Folder, inside[i].Relative));
            }
        }
    }

    private SourceItem Picture(string id, string file) => EntryRules.Problem(id) is { } problem
        ? new SourceItem.Refused(new DeadLetter
        {
            Id = id,
            Path = id,
            Source = Name,
            Code = problem.Code,
            Reason = problem.Reason,
        })
        : new SourceItem.Named(new PictureEntry { Id = id, Path = id, File = file });

    private SourceItem.Refused Unreadable(string relative, Exception problem) => new(new DeadLetter
    {
        Path = relative.Length == 0 ? "." : relative,
        Source = Name,
        Code = DeadLetterCode.FolderUnreadable,
        Reason = $"The folder '{relative}' cannot be listed ({problem.Message}); its pictures are left out.",
    });

    private static IEnumerator<(string Name, bool IsFolder, bool IsLink)> Entries(string folder)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };
        return new FileSystemEnumerable<(string, bool, bool)>(
            folder,
            (ref FileSystemEntry entry) =>
                (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0),
            options).GetEnumerator();
    }

    private static bool MayFollow(string link, string holder, HashSet<string> linked)
    {
        try
        {
            var target = RealPath(link);
            var home = RealPath(holder) + Path.DirectorySeparatorChar;
            return !home.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal) && linked.Add(target);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string RealPath(string path)
    {
        // Each part may be a link; resolving the last one alone would take two names of one folder for two folders.
        var real = Path.GetPathRoot(path) ?? "/";
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(real, part));
            real = next.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next.FullName;
        }

        return Path.TrimEndingDirectorySeparator(real);
    }
}
