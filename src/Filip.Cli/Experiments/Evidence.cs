using System.Security.Cryptography;
using System.Text.Json;
using Filip.Relevance;
using Filip.Relevance.Online;
using Filip.Rerank.Experiments;

namespace Filip.Cli.Experiments;

/// <summary>Evidence of a rung in a file of its own, and what the next rung's configuration must match of it.</summary>
internal static class Evidence
{
    /// <summary>Writes the evidence beside the configuration.</summary>
    public static EvidenceFile Of(ExperimentConfiguration rung, RungEvidence evidence, TimeProvider time) => new(
        rung.Name, ExperimentConfiguration.Word(rung.Mode), rung.A.Text, rung.B.Text, rung.File.Seed, time.GetUtcNow(),
        Sha256(File.ReadAllBytes(rung.Path)), Sha256(ReadShared(rung.Events)), evidence);

    /// <summary>Refuses a configuration whose named evidence is not of its last rung, or does not allow it.</summary>
    /// <param name="rung">The configuration.</param>
    /// <exception cref="RelevanceFileException">The evidence does not fit; all that is wrong is named.</exception>
    public static void Require(ExperimentConfiguration rung)
    {
        if (rung.Evidence is not { } path)
        {
            return;
        }

        EvidenceFile? evidence;
        try
        {
            evidence = JsonSerializer.Deserialize(File.ReadAllBytes(path), EvidenceJson.Default.EvidenceFile);
        }
        catch (JsonException error)
        {
            throw new RelevanceFileException(path, [new FileProblem(0, $"It is no evidence: {error.Message}")]);
        }

        List<FileProblem> problems = [.. Wrong(rung, evidence).Select(what => new FileProblem(0, what))];
        if (problems.Count > 0)
        {
            throw new RelevanceFileException(path, problems);
        }
    }

    private static IEnumerable<string> Wrong(ExperimentConfiguration rung, EvidenceFile? evidence)
    {
        if (evidence?.Evidence?.Checks is null)
        {
            yield return "It holds no evidence; 'filip experiment promote' writes one.";
            yield break;
        }

        if (evidence.Name != rung.Name || evidence.A != rung.A.Text || evidence.B != rung.B.Text || evidence.Seed != rung.File.Seed)
        {
            yield return $"It is of '{evidence.Name}' ({evidence.A} against {evidence.B}), not of '{rung.Name}' "
                + $"({rung.A.Text} against {rung.B.Text}); a changed experiment starts in the shadow again.";
        }

        if (rung.Mode == ExperimentMode.Shadow || evidence.Rung != ExperimentConfiguration.Word(rung.Mode - 1))
        {
            yield return $"It is of the rung '{evidence.Rung}', which is not the one before '{ExperimentConfiguration.Word(rung.Mode)}'.";
        }

        foreach (var check in evidence.Evidence.Checks.Where(check => !check.Passed))
        {
            yield return $"{check.Name} is missing: {check.What}";
        }
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] ReadShared(string path)
    {
        // A service may be writing it.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
