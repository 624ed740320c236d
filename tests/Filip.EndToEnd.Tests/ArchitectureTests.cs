using System.Xml.Linq;
using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>Holds the arrows between the projects, and the size of a file.</summary>
public sealed class ArchitectureTests
{
    private const int MostLines = 300;

    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Filip.Embeddings"] = [],
        ["Filip.Recall"] = ["Filip.Embeddings"],
        ["Filip.Rerank"] = ["Filip.Embeddings", "Filip.Recall"],
        ["Filip.Indexer"] = ["Filip.Embeddings", "Filip.Recall"],
        ["Filip.Relevance"] = [],
        ["Filip.Cli"] = ["Filip.Embeddings", "Filip.Recall", "Filip.Rerank", "Filip.Indexer", "Filip.Relevance"],
    };

    private static string Source => Path.Combine(GoldenFiles.Repository, "src");

    [Fact]
    public void Projects_point_one_way()
    {
        var projects = Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(s_allowed.Keys.Order(), projects.Select(Path.GetFileNameWithoutExtension).Order());
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            var wrong = references.Except(s_allowed[name]).ToList();
            Assert.True(wrong.Count == 0, $"{name} must not depend on {string.Join(", ", wrong)}.");
        }
    }

    [Fact]
    public void Each_engine_stays_behind_its_own_folder()
    {
        Dictionary<string, string[]> rooms = new()
        {
            ["Microsoft.ML.OnnxRuntime"] = ["Filip.Embeddings/Towers"],
            ["SixLabors.ImageSharp"] = ["Filip.Embeddings/Pictures"],
            ["Microsoft.Data.Sqlite"] = ["Filip.Recall/Embedded"],
            ["Elastic."] = ["Filip.Recall/Elastic", "Filip.Rerank/Elastic", "Filip.Indexer/Elastic"],
        };
        foreach (var (library, folders) in rooms)
        {
            var strangers = SourceFiles("src")
                .Where(file => File.ReadAllText(file).Contains($"using {library}", StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(Source, file).Replace('\\', '/'))
                .Where(file => !folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)))
                .ToList();
            Assert.True(strangers.Count == 0, $"{library} is used outside {string.Join(", ", folders)}: {string.Join(", ", strangers)}");
        }
    }

    [Fact]
    public void No_file_is_longer_than_a_person_reads()
    {
        var long_ = SourceFiles("src").Concat(SourceFiles("tests"))
            .Select(file => (File: Path.GetRelativePath(GoldenFiles.Repository, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MostLines)
            .Select(file => $"{file.File}: {file.Lines}")
            .ToList();
        Assert.True(long_.Count == 0, $"Over {MostLines} lines, who should move out? {string.Join(", ", long_)}");
    }

    [Fact]
    public void Nothing_is_called_a_drawer()
    {
        string[] drawers = ["utils", "util", "common", "helpers", "helper", "misc", "shared"];
        var found = SourceFiles("src").Concat(SourceFiles("tests"))
            .SelectMany(file => Path.GetRelativePath(GoldenFiles.Repository, file).Split(Path.DirectorySeparatorChar))
            .Select(part => Path.GetFileNameWithoutExtension(part).ToLowerInvariant())
            .Intersect(drawers)
            .ToList();
        Assert.Empty(found);
    }

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(GoldenFiles.Repository, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
