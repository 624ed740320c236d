using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Search;

/// <summary>From alignments to what is said and drawn.</summary>
/// <param name="parts">The engine's parts.</param>
/// <param name="contract">Name of the scoring contract.</param>
/// <param name="generation">The generation that answered.</param>
internal sealed class ExplanationWriter(SearchEngineParts parts, string contract, string generation)
{
    /// <summary>Puts the explanation together.</summary>
    public Explanation Write(
        ExplainRequest request, RgbPicture? picture, EncodedQuery encoded, IReadOnlyList<Alignment> alignments)
    {
        var grid = alignments[0].Grid;
        var geometry = Geometry(grid, picture);
        List<ExplainedToken> tokens = [];
        List<ExplainedWord> words = [];
        var heat = new float[alignments[0].Patches.Count];
        var lit = new bool[heat.Length];
        Array.Fill(heat, float.NegativeInfinity);
        for (var part = 0; part < alignments.Count; part++)
        {
            var (alignment, labels) = (alignments[part], encoded.Parts[part].Labels);
            tokens.AddRange(PatchScoring.Shares(alignment).Select(share => new ExplainedToken(
                labels[share.Token.Token].Text, labels[share.Token.Token].Word, share.Contribution / alignments.Count,
                share.Token.Similarity, share.Token.BestPatch, Box(grid, geometry, share.Token.BestPatch))));
            words.AddRange(Words(alignment, labels, alignments.Count));
            Light(alignment, labels, Chosen(request.Tokens, labels), lit, heat);
        }

        var lowest = alignments.Min(alignment => alignment.Patches.Min(patch => patch.Similarity));
        for (var i = 0; i < heat.Length; i++)
        {
            heat[i] = lit[i] ? heat[i] : (float)lowest;
        }

        return new Explanation(
            new ExplainAnswer
            {
                Id = request.Id,
                Score = alignments.Average(alignment => alignment.Score),
                Contract = contract,
                Tokens = tokens,
                Words = words,
                Grid = grid.IsNone ? null : [grid.Width, grid.Height],
                Size = geometry is null ? null : [geometry.Width, geometry.Height],
                SizeOf = geometry is null ? null : picture is null ? "model_input" : "picture",
                Lit = [.. Enumerable.Range(0, lit.Length).Where(i => lit[i])],
                Model = parts.RunningStamp.ModelId,
                Generation = generation,
            },
            heat);
    }

    private PictureGeometry? Geometry(PatchGrid grid, RgbPicture? picture)
    {
        if (grid.IsNone || parts.Preprocessor is not { } preprocessor)
        {
            return null;
        }

        return picture is null
            ? preprocessor.Map(preprocessor.Options.Width, preprocessor.Options.Height)
            : preprocessor.Map(picture.Width, picture.Height);
    }

    private static double[]? Box(PatchGrid grid, PictureGeometry? geometry, int patch)
    {
        if (geometry is null)
        {
            return null;
        }

        var box = geometry.MapPatch(patch / grid.Width, patch % grid.Width, grid.Height, grid.Width);
        return [.. new[] { box.X, box.Y, box.Width, box.Height }.Select(side => Math.Round(side, 2))];
    }

    private static IEnumerable<ExplainedWord> Words(Alignment alignment, IReadOnlyList<TokenLabel> labels, int parts) =>
        PatchScoring.Shares(alignment)
            .GroupBy(share => labels[share.Token.Token].Word)
            .Select(word => new ExplainedWord(
                word.Key, Spelling(word.Select(share => labels[share.Token.Token].Text)), word.Sum(share => share.Contribution) / parts));

    private static void Light(
        Alignment alignment, IReadOnlyList<TokenLabel> labels, IReadOnlySet<int> chosen, bool[] lit, float[] heat)
    {
        var here = alignment.LitPatches(labels, chosen);
        for (var i = 0; i < here.Length; i++)
        {
            if (here[i])
            {
                lit[i] = true;
                heat[i] = Math.Max(heat[i], (float)alignment.Patches[i].Similarity);
            }
        }
    }

    /// <summary>Numbers of the words asked for; all where none is.</summary>
    private static HashSet<int> Chosen(IReadOnlyList<string>? asked, IReadOnlyList<TokenLabel> labels)
    {
        var words = labels.Where(label => label.Word >= 0).GroupBy(label => label.Word)
            .Select(word => (word.Key, Text: Spelling(word.Select(label => label.Text)))).ToList();
        if (asked is null or [])
        {
            return [.. words.Select(word => word.Key)];
        }

        HashSet<int> chosen = [];
        foreach (var text in asked)
        {
            var found = words.Where(word => string.Equals(word.Text, text, StringComparison.OrdinalIgnoreCase)).ToList();
            if (found.Count == 0)
            {
                throw new SearchRefusedException(
                    RefusalCodes.InvalidValue,
                    $"'{text}' is no word of the query; its words are {string.Join(", ", words.Select(word => word.Text))}.", "tokens");
            }

            chosen.UnionWith(found.Select(word => word.Key));
        }

        return chosen;
    }

    /// <summary>Pieces as one word: without the marks by which vocabularies say where a word goes on or ends.</summary>
    private static string Spelling(IEnumerable<string> pieces) =>
        string.Concat(pieces.Select(piece => piece
            .Replace("</w>", "", StringComparison.Ordinal)
            .TrimStart('\u0120', '\u2581'))
            .Select((piece, i) => i > 0 && piece.StartsWith("##", StringComparison.Ordinal) ? piece[2..] : piece));
}
