using System.Globalization;

namespace Filip.Relevance;

/// <summary>One thing wrong in a file: where, and what.</summary>
/// <param name="Line">Line in the file, from 1; 0 where the file has no lines to speak of.</param>
/// <param name="What">What was found, what was expected, what to do.</param>
public sealed record FileProblem(int Line, string What)
{
    /// <summary>The problem as one line of text.</summary>
    public override string ToString() =>
        Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}: {What}") : What;
}

/// <summary>A judgement, run, query or event file that cannot be used; every bad line is named, none was used.</summary>
public sealed class RelevanceFileException : Exception
{
    private const int Shown = 10;

    /// <summary>A file refused as a whole.</summary>
    /// <param name="file">The file's name, as the user gave it.</param>
    /// <param name="problems">What is wrong with it; at least one.</param>
    public RelevanceFileException(string file, IReadOnlyList<FileProblem> problems)
        : base(Describe(file, problems))
    {
        File = file;
        Problems = problems;
    }

    /// <summary>The file's name, as the user gave it.</summary>
    public string File { get; }

    /// <summary>All that is wrong with it, in the order of the lines.</summary>
    public IReadOnlyList<FileProblem> Problems { get; }

    private static string Describe(string file, IReadOnlyList<FileProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        string lines = string.Join(Environment.NewLine, problems.Take(Shown).Select(problem => $"  {problem}"));
        string rest = problems.Count > Shown
            ? string.Create(CultureInfo.InvariantCulture, $"{Environment.NewLine}  and {problems.Count - Shown} more")
            : "";
        string count = problems.Count == 1
            ? "1 problem"
            : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} problems");
        return $"'{file}' was not used, because of {count} in it:{Environment.NewLine}{lines}{rest}";
    }
}
