using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;

namespace Filip.Cli.Comparing;

/// <summary>What <c>--sweep</c> tries: every number of candidates with every codec.</summary>
/// <param name="Candidates">Numbers of candidates, at least one.</param>
/// <param name="Codecs">Codecs; null takes the records as the index keeps them.</param>
internal sealed record SweepSpec(IReadOnlyList<int> Candidates, IReadOnlyList<PatchCodec?> Codecs)
{
    private const int MostSettings = 64;

    /// <summary>Reads <c>candidates=50,100,200;codec=f32,f16,int8</c>; either part may be left out.</summary>
    /// <param name="text">The user's words.</param>
    /// <param name="candidates">Candidates where the text names none.</param>
    /// <exception cref="UsageException">A part is wrong; the message names it.</exception>
    public static SweepSpec Parse(string text, int candidates)
    {
        ArgumentNullException.ThrowIfNull(text);
        IReadOnlyList<int> counts = [candidates];
        IReadOnlyList<PatchCodec?> codecs = [null];
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            string[] values = equals < 0
                ? []
                : part[(equals + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (equals < 0 ? "" : part[..equals])
            {
                case "candidates" when values.Length > 0:
                    counts = [.. values.Select(value => VariantSpecParser.Count(value, "candidates")).Distinct()];
                    break;
                case "codec" when values.Length > 0:
                    codecs = [.. values.Select(value => (PatchCodec?)VariantSpecParser.Codec(value)).Distinct()];
                    break;
                default:
                    throw new UsageException($"'{part}' is no part of a sweep; expected 'candidates=50,100,200;codec=f32,f16,int8'.");
            }
        }

        return counts.Count * codecs.Count <= MostSettings
            ? new SweepSpec(counts, codecs)
            : throw new UsageException($"the sweep has {counts.Count * codecs.Count} settings and asks every query for each; at most {MostSettings}.");
    }
}
