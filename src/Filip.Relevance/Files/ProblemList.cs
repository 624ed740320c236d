namespace Filip.Relevance.Files;

/// <summary>Gathers what is wrong with one file, so that all of it is told at once.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<FileProblem> _problems = [];

    public string File { get; } = file;

    public void Add(int line, string what) => _problems.Add(new FileProblem(line, what));

    /// <exception cref="RelevanceFileException">Something was added.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new RelevanceFileException(File, _problems);
        }
    }
}
