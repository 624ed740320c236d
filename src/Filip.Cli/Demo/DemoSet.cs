using System.Text.Json;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Relevance.Judgements;

namespace Filip.Cli.Demo;

/// <summary>A folder of pictures, queries and judgements: the samples, or another set of the same form.</summary>
/// <param name="Folder">Holds <c>manifest.jsonl</c>, <c>pictures/</c>, <c>queries.jsonl</c> and <c>qrels.txt</c>.</param>
/// <param name="Queries">The queries, in file order.</param>
/// <param name="Qrels">Graded judgements.</param>
/// <param name="RelevantGrade">Lowest grade that counts as relevant for success, MRR and recall.</param>
internal sealed record DemoSet(string Folder, IReadOnlyList<EvaluationQuery> Queries, Qrels Qrels, double RelevantGrade)
{
    private const double UsualRelevantGrade = 3;

    /// <summary>Where the pictures are listed.</summary>
    public string Manifest => Path.Combine(Folder, "manifest.jsonl");

    /// <summary>The set of <c>--samples</c>, else of FILIP_SAMPLES, else <c>samples/</c> of the checkout.</summary>
    public static DemoSet Load(string? named)
    {
        named ??= Environment.GetEnvironmentVariable("FILIP_SAMPLES");
        var folder = string.IsNullOrEmpty(named) ? ModelPlace.Checkout("samples") ?? "samples" : named;
        string[] files = ["manifest.jsonl", "queries.jsonl", "qrels.txt"];
        if (files.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file))) is { } missing)
        {
            throw new UsageException($"'{folder}' has no {missing}; a sample set has {string.Join(", ", files)} and pictures/.");
        }

        return new DemoSet(
            folder,
            QueryFile.Read(Path.Combine(folder, "queries.jsonl")),
            JudgementFile.Read(Path.Combine(folder, "qrels.txt")),
            ReadRelevantGrade(Path.Combine(folder, "reference.json")));
    }

    private static double ReadRelevantGrade(string reference)
    {
        if (!File.Exists(reference))
        {
            return UsualRelevantGrade;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(reference));
        return json.RootElement.TryGetProperty("relevant_grade", out var grade) ? grade.GetDouble() : UsualRelevantGrade;
    }
}
