using System.Globalization;
using System.Text.RegularExpressions;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The names in an index's folder: <c>CURRENT</c>, <c>write.lock</c>, one folder a generation.</summary>
/// <remarks><c>CURRENT</c> has one or two lines: the generation that answers, and the one that answered before.</remarks>
internal static partial class GenerationFolder
{
    private const string Pointer = "CURRENT";
    private const string Lock = "write.lock";

    public static bool Exists(string path) => File.Exists(Path.Combine(path, Pointer));

    public static (string Current, string? Previous) Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(path, Pointer));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IndexNotFoundException(
                $"'{path}' is no index: it has no file CURRENT. Make one with 'filip index SOURCE --to {path}', or name another folder.");
        }

        if (lines.Length is < 1 or > 2 || !lines.All(line => Name().IsMatch(line)))
        {
            throw new EmbeddedIndexException(
                $"'{Path.Combine(path, Pointer)}' should name one or two generations (gen-000001), a line each. "
                + "Write the name of the generation that should answer into it.");
        }

        if (!Directory.Exists(Path.Combine(path, lines[0])))
        {
            throw new EmbeddedIndexException(
                $"'{path}' names {lines[0]} as its generation, and there is no such folder. Bring it back from a copy, or write another name into CURRENT.");
        }

        return (lines[0], lines.Length > 1 ? lines[1] : null);
    }

    public static void Write(string path, string current, string? previous) =>
        Durable.Replace(Path.Combine(path, Pointer), previous is null ? $"{current}\n" : $"{current}\n{previous}\n");

    public static IReadOnlyList<string> List(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder)!)
            .Where(name => Name().IsMatch(name)).Order(StringComparer.Ordinal)]
        : [];

    public static string NextName(string path)
    {
        var last = List(path) is { Count: > 0 } names ? int.Parse(names[^1].AsSpan(4), CultureInfo.InvariantCulture) : 0;
        return string.Create(CultureInfo.InvariantCulture, $"gen-{last + 1:D6}");
    }

    /// <summary>Refuses to make an index among other people's files.</summary>
    public static void EnsureOurs(string path)
    {
        var strange = Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)
            .FirstOrDefault(name => !name.StartsWith(Pointer, StringComparison.Ordinal) && name != Lock && !Name().IsMatch(name));
        if (strange is not null)
        {
            throw new EmbeddedIndexException(
                $"'{path}' holds other files ('{strange}') and is no index. Name an empty folder or one that is not there yet.");
        }
    }

    /// <summary>Takes the right to write, until disposed; a killed process gives it back by dying.</summary>
    public static IDisposable TakeLock(string path)
    {
        try
        {
            return new FileStream(Path.Combine(path, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new EmbeddedIndexException(
                $"Another process is writing to '{path}' (it holds {Lock}). Wait until it ends, or stop it; one index has one writer.",
                exception);
        }
    }

    [GeneratedRegex(@"\Agen-\d{6}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
