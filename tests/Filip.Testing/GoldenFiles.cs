namespace Filip.Testing;

/// <summary>
/// Reference values by folder: the full set (FILIP_GOLDEN, or ../shared/golden beside the checkout) where it can be
/// had, else the small part committed under tests/golden.
/// </summary>
public static class GoldenFiles
{
    /// <summary>Root of the checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with the full set, or null.</summary>
    public static string? FullSet { get; } = FindFolder("FILIP_GOLDEN", Path.Combine(Repository, "..", "shared", "golden"));

    /// <summary>The committed small part.</summary>
    public static string Committed { get; } = Path.Combine(Repository, "tests", "golden");

    /// <summary>A golden file or folder: of the full set if it has it, else the committed one, else null.</summary>
    public static string? Find(params string[] path)
    {
        string relative = Path.Combine(path);
        return new[] { FullSet, Committed }
            .OfType<string>()
            .Select(root => Path.Combine(root, relative))
            .FirstOrDefault(Path.Exists);
    }

    /// <summary>As <see cref="Find"/>, for tests that mean nothing without: throws where it is nowhere.</summary>
    public static string Require(params string[] path) =>
        Find(path) ?? throw new DirectoryNotFoundException(
            $"'{Path.Combine(path)}' is neither in FILIP_GOLDEN, ../shared/golden nor tests/golden.");

    /// <summary>The sample set: FILIP_SAMPLES, else samples/.</summary>
    public static string Samples { get; } =
        FindFolder("FILIP_SAMPLES", Path.Combine(Repository, "samples")) ?? Path.Combine(Repository, "samples");

    /// <summary>The demo model folder.</summary>
    public static string Models { get; } = Path.Combine(Repository, "models");

    /// <summary>The evaluation set: FILIP_EVALUATION, else ../shared/evaluation, else null.</summary>
    public static string? Evaluation { get; } =
        FindFolder("FILIP_EVALUATION", Path.Combine(Repository, "..", "shared", "evaluation"));

    /// <summary>Trial cases (../shared/trials), or null.</summary>
    public static string? Trials { get; } = FindFolder("FILIP_TRIALS", Path.Combine(Repository, "..", "shared", "trials"));

    private static string? FindFolder(string variable, string otherwise)
    {
        var named = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named)
                ? Path.GetFullPath(named)
                : throw new DirectoryNotFoundException($"{variable} names '{named}', which is no folder.");
        }

        return Directory.Exists(otherwise) ? Path.GetFullPath(otherwise) : null;
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Filip.Hybrid.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No Filip.Hybrid.sln above the test's own folder.");
    }
}
