namespace Filip.Embeddings.Models;

/// <summary>File names in a manifest stay inside the model folder: relative, no way up, no address, no link out.</summary>
internal static class FolderPath
{
    /// <summary>What is wrong with a name, as the end of a sentence, or null.</summary>
    public static string? Fault(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is empty; name a file of the model folder";
        }

        if (name.Contains("://", StringComparison.Ordinal) || name.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return $"'{name}' is an address; a model folder holds its own files and fetches nothing";
        }

        // Backslashes and drive letters are tested on every system: a folder made on one is read on another.
        if (name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Any(char.IsControl))
        {
            return $"'{name}' is no plain relative name; write it with forward slashes, from the model folder";
        }

        if (name.Split('/').Any(part => part is "" or "." or ".."))
        {
            return $"'{name}' leaves the model folder or goes in circles; name the file from the model folder, without '.' or '..'";
        }

        return null;
    }

    /// <summary>The full path of a file of the folder, links followed and still inside.</summary>
    /// <exception cref="InvalidDataException">The name, or the link it is, leads out of the folder.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Resolve(string folder, string name, string whose)
    {
        if (Fault(name) is { } fault)
        {
            throw new InvalidDataException($"{whose} {fault}.");
        }

        var path = Path.GetFullPath(Path.Combine(folder, name));
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException(
                $"{whose} names '{name}', which is not in the model folder '{folder}'. Put the file there or correct the name.", path);
        }

        // The folder itself may be a link (a mounted volume); what lies in it may only point inside it.
        var root = RealPath(Path.GetFullPath(folder));
        var real = RealPath(path);
        if (!real.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{whose} names '{name}', a link that leads out of the model folder. Put the file itself into the folder.");
        }

        return path;
    }

    private static string RealPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var here = Path.Combine(RealPath(parent), Path.GetFileName(path));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return entry.LinkTarget is null
            ? here
            : entry.ResolveLinkTarget(returnFinalTarget: true) is { } target ? RealPath(target.FullName) : here;
    }
}
