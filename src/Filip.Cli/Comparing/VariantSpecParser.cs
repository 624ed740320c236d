using System.Globalization;
using System.Text.RegularExpressions;
using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Cli.Comparing;

/// <summary>Reads <c>--a SPEC</c> and <c>--b SPEC</c>.</summary>
internal static partial class VariantSpecParser
{
    private const int MostCandidates = 10_000;

    private static readonly string[] s_recall = ["candidates", "lexical", "index"];
    private static readonly string[] s_rerank = [.. s_recall, "contract", "codec"];
    private static readonly string[] s_fused = [.. s_rerank, "weight", "method"];

    /// <summary>What there is, for help and errors.</summary>
    public const string Forms =
        "recall, rerank, rerank:contract=NAME,candidates=N,codec=f16,index=PLACE, fused:weight=0.3, run:FILE, http://SERVICE or template:FILE.json";

    /// <summary>Reads one side.</summary>
    /// <param name="text">The user's words.</param>
    /// <exception cref="UsageException">It is none of the forms, or a setting is wrong; the message names it and what it may be.</exception>
    public static VariantSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return ServiceUrl.Parse(text);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        return kind.Trim() switch
        {
            "run" => new RunFileSpec(text, ExistingFile(rest, text)),
            "template" => new TemplateSpec(text, ExistingFile(rest, text)),
            "recall" => Engine(text, EngineOrder.Recall, rest, s_recall),
            "rerank" => Engine(text, EngineOrder.Rerank, rest, s_rerank),
            "fused" => Engine(text, EngineOrder.Fused, rest, s_fused),
            _ => throw new UsageException($"'{text}' names no variant; expected {Forms}."),
        };
    }

    /// <summary>Reads a codec's name.</summary>
    public static PatchCodec Codec(string name) => name switch
    {
        "f32" => PatchCodec.F32,
        "f16" => PatchCodec.F16,
        "int8" => PatchCodec.Int8,
        _ => throw new UsageException($"'{name}' is no codec; there are f32, f16 and int8."),
    };

    /// <summary>A codec's name, as <see cref="Codec"/> reads it.</summary>
    public static string Name(PatchCodec codec) => codec.ToString().ToLowerInvariant();

    /// <summary>Reads a number of candidates.</summary>
    public static int Count(string value, string what) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostCandidates
            ? count
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{what} is a number from 1 to {MostCandidates}, not '{value}'."));

    /// <summary>The text without user and password of any URL in it.</summary>
    public static string WithoutSecrets(string text) => UserInfo().Replace(text, "://");

    private static EngineSpec Engine(string text, EngineOrder order, string rest, string[] allowed)
    {
        var spec = new EngineSpec(WithoutSecrets(text), order);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in Settings(rest, text))
        {
            if (!allowed.Contains(name))
            {
                throw new UsageException($"'{name}' in '{spec.Text}' is no setting of {order.ToString().ToLowerInvariant()}; it has {string.Join(", ", allowed)}.");
            }

            if (!seen.Add(name))
            {
                throw new UsageException($"'{name}' stands twice in '{spec.Text}'.");
            }

            spec = name switch
            {
                "candidates" => spec with { Candidates = Count(value, "candidates") },
                "lexical" => Lexical(spec, value),
                "index" => spec with { Index = value },
                "contract" => spec with { Contract = Contract(value) },
                "codec" => spec with { Codec = Codec(value) },
                "weight" => spec with { Weight = Share(value, "weight is the late-interaction score's share") },
                _ => spec with { Method = Method(value) },
            };
        }

        return spec.Method == FusionMethod.ReciprocalRank && seen.Contains("weight")
            ? throw new UsageException($"'{spec.Text}': method=rrf looks at ranks alone and takes no weight. Leave it out, or take min-max or z.")
            : spec;
    }

    private static IEnumerable<(string Name, string Value)> Settings(string rest, string text)
    {
        while (rest.Length > 0)
        {
            // A place may hold commas (several hosts), so index= takes all that follows.
            var comma = rest.StartsWith("index=", StringComparison.Ordinal) ? -1 : rest.IndexOf(',', StringComparison.Ordinal);
            var setting = comma < 0 ? rest : rest[..comma];
            rest = comma < 0 ? "" : rest[(comma + 1)..];
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == setting.Length - 1)
            {
                throw new UsageException($"'{setting}' in '{WithoutSecrets(text)}' is no setting; expected NAME=VALUE, several between commas, index= last.");
            }

            yield return (setting[..equals].Trim(), setting[(equals + 1)..].Trim());
        }
    }

    private static ScoringContract Contract(string name)
    {
        var scored = ScoringContract.All.Where(contract => contract.IsLateInteraction).ToList();
        return scored.FirstOrDefault(contract => contract.Name == name) ?? throw new UsageException(
            ScoringContract.TryParse(name) is null
                ? $"no scoring contract is called '{name}'; there are {string.Join(", ", scored)}."
                : $"'{name}' compares one vector a picture, so stage two has nothing to score with it; stage one's order is 'recall'. "
                    + $"Contracts of stage two: {string.Join(", ", scored)}.");
    }

    private static double Share(string value, string what) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1
            ? weight
            : throw new UsageException($"{what}, from 0 to 1 with a decimal point, not '{value}'.");

    private static FusionMethod Method(string value) => value switch
    {
        "min-max" => FusionMethod.MinMax,
        "z" => FusionMethod.ZScore,
        "rrf" => FusionMethod.ReciprocalRank,
        _ => throw new UsageException($"method is min-max, z or rrf, not '{value}'."),
    };

    private static EngineSpec Lexical(EngineSpec spec, string value) => value switch
    {
        "true" => spec with { Lexical = true },
        "false" => spec with { Lexical = false },
        _ => spec with { Lexical = true, LexicalWeight = Share(value, "lexical is true (fused by rank), false, or the captions' share") },
    };

    private static string ExistingFile(string file, string text) => File.Exists(file)
        ? file
        : throw new UsageException($"'{text}': '{file}' is no file.");

    [GeneratedRegex("://[^/@\\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
