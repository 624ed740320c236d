using System.CommandLine;

namespace Filip.Cli.Commands;

/// <summary>How stage one asks Elasticsearch, for every verb that searches.</summary>
internal static class StageOneOptions
{
    /// <summary>Candidates a shard looks at.</summary>
    public static Option<int?> NumCandidates { get; } = new("--num-candidates")
    {
        Description = "Elasticsearch only: vectors each shard looks at (default: twice the candidates, at least 100); more recall for more time",
        HelpName = "N",
    };

    static StageOneOptions() => NumCandidates.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() is < 1 or > 10_000)
        {
            result.AddError("--num-candidates is a number from 1 to 10000.");
        }
    });
}
