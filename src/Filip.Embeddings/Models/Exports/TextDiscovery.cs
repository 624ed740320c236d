using Filip.Embeddings.Tokenizers;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models.Exports;

/// <summary>What a text tower was found to be.</summary>
/// <param name="Facts">For the manifest.</param>
/// <param name="Dimension">Values in a token row.</param>
/// <param name="PooledDimension">Values in its pooled output, or null where it has none.</param>
internal sealed record DraftedText(TextTowerFacts Facts, int Dimension, int? PooledDimension);

/// <summary>Finds out names, sizes and habits of a text tower by asking it.</summary>
internal static class TextDiscovery
{
    private static readonly string[] s_tokens = ["token", "last_hidden_state", "hidden"];
    private static readonly string[] s_pooled = ["global", "text_embeds", "embeds", "pooled", "pooler_output"];
    private static readonly string[] s_ids = ["input_ids", "ids", "tokens", "text", "input"];

    /// <summary>Runs the tower once and drafts its part of the manifest.</summary>
    /// <exception cref="InvalidDataException">It is no text tower, or one that is not supported; the message says why.</exception>
    public static DraftedText Draft(
        string folder, string file, TokenizerOptions options, int? context, string text, bool countSpecialTokens)
    {
        var probe = TowerProbe.Signature(folder, file);
        var mask = probe.Inputs.FirstOrDefault(input => input.Name.Contains("mask", StringComparison.OrdinalIgnoreCase));
        var segment = probe.Inputs.FirstOrDefault(input => input.Name.Contains("type_ids", StringComparison.OrdinalIgnoreCase));
        var rest = probe.Inputs.Except(new[] { mask, segment }.OfType<TowerTensor>()).ToList();
        var ids = s_ids.Select(name => rest.Find(input => input.Name == name)).FirstOrDefault(input => input is not null) ?? rest.FirstOrDefault();
        if (ids is null || rest.Count != 1
            || new[] { ids, mask, segment }.OfType<TowerTensor>().Any(input => input.Type is not ("int32" or "int64") || input.Shape.Count != 2))
        {
            throw new InvalidDataException(
                $"'{file}' takes {string.Join(", ", probe.Inputs)}; ids, int32 or int64 [n, t], with or without a mask and type ids of the same shape, are expected of a text tower.");
        }

        var tokens = TowerProbe.Choose(probe, file, rank: 3, s_tokens)
            ?? throw new InvalidDataException(
                $"'{file}' gives {string.Join(", ", probe.Outputs)}; rows of tokens, float [n, t, dimension], are expected. "
                + "Export the token embeddings too; a pooled vector alone is not enough for late interaction.");
        var pooled = TowerProbe.Choose(probe, file, rank: 2, s_pooled);
        var fixedLength = ids.Shape[1] > 0;
        var longest = fixedLength ? ids.Shape[1] : context ?? throw new InvalidDataException(
            $"No file says how many tokens a text may have, and '{file}' takes any number: expected model_max_length in tokenizer_config.json or max_position_embeddings in config.json.");
        var facts = new TextTowerFacts
        {
            File = file,
            IdsInput = ids.Name,
            MaskInput = mask?.Name,
            SegmentInput = segment?.Name,
            TokensOutput = tokens,
            PooledOutput = pooled,
            Context = longest,
            FixedLength = fixedLength,
            Tokenizer = options,
            CountSpecialTokens = countSpecialTokens,
            RowsUnitLength = false,
        };

        var tokenizer = TokenizerFactory.Load(options, folder);
        var labels = tokenizer.Encode(text, longest).Labels;
        var answers = TowerProbe.AskText(folder, facts, labels, tokenizer.PadId, [.. new[] { tokens, pooled }.OfType<string>()]);
        var (shape, values) = answers[0];
        if (shape.Length != 3 || shape[1] < labels.Count)
        {
            throw new InvalidDataException(
                $"'{file}' answers a text of {labels.Count} tokens in the shape [{string.Join(", ", shape)}]; [n, tokens, dimension] is expected.");
        }

        return new(
            facts with { RowsUnitLength = TowerProbe.AreUnit(values.AsSpan(0, labels.Count * shape[2]), shape[2]) },
            shape[2],
            answers.Count > 1 ? answers[1].Shape[^1] : null);
    }
}
