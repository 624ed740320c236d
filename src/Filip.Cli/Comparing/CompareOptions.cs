using Filip.Cli.Commands;
using Filip.Cli.Terminal;
using Filip.Relevance.Comparison;
using Filip.Relevance.Metrics;
using Filip.Relevance.Statistics;

namespace Filip.Cli.Comparing;

/// <summary>What <c>filip compare</c> was asked, checked before anything is computed.</summary>
internal sealed record CompareOptions
{
    /// <summary>The judgements.</summary>
    public required string Qrels { get; init; }

    /// <summary>The queries' texts; null where they come from the judgements or are not needed.</summary>
    public string? Queries { get; init; }

    /// <summary>The side that is there.</summary>
    public required VariantSpec A { get; init; }

    /// <summary>The side that might replace it.</summary>
    public required VariantSpec B { get; init; }

    /// <summary>What is measured, the leading metric first, those of the gates at the end.</summary>
    public required IReadOnlyList<MetricName> Metrics { get; init; }

    /// <summary>Conditions under which the command fails.</summary>
    public required IReadOnlyList<Gate> Gates { get; init; }

    /// <summary>Lowest grade that counts as relevant.</summary>
    public required double Level { get; init; }

    /// <summary>Seed and numbers of draws.</summary>
    public required StatisticsOptions Statistics { get; init; }

    /// <summary>Settings to try beside; null for none.</summary>
    public SweepSpec? Sweep { get; init; }

    /// <summary>What is written, by option; only those that were asked for.</summary>
    public required CompareFiles Files { get; init; }

    /// <summary>How results are printed.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>Neither progress nor notes.</summary>
    public bool Quiet { get; init; }

    /// <summary>A file that must be there.</summary>
    public static string? Existing(string? file, string option) => file is null || File.Exists(file)
        ? file
        : throw new UsageException($"{option}: '{file}' is no file.");
}

/// <summary>Files that a comparison writes; null where not asked for.</summary>
internal sealed record CompareFiles(string? PerQuery, string? Report, string? Judge, string? RunA, string? RunB, string? Pictures)
{
    /// <summary>Refuses what cannot be written before hours of asking.</summary>
    /// <exception cref="UsageException">A path is a folder, or pictures are no folder.</exception>
    public CompareFiles Checked()
    {
        foreach (var file in new[] { PerQuery, Report, Judge, RunA, RunB })
        {
            if (file is not null && Directory.Exists(file))
            {
                throw new UsageException($"'{file}' is a folder; name the file to write.");
            }
        }

        return Pictures is null || Directory.Exists(Pictures)
            ? this
            : throw new UsageException($"--pictures: '{Pictures}' is no folder.");
    }

    /// <summary>Writes a file in one step, its folder made where it is not there: nobody finds half of it.</summary>
    public static void Write(string file, Action<TextWriter> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var temporary = file + ".new";
        using (var writer = new StreamWriter(temporary))
        {
            write(writer);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
