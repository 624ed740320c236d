using System.Text.Json;

namespace Filip.Embeddings.Tokenizers;

/// <summary>The parts of Hugging Face's <c>tokenizer.json</c> that all kinds of tokenizer have.</summary>
internal sealed class TokenizerJson(JsonFile file)
{
    /// <summary>The model, which must be of the type named.</summary>
    public JsonElement Model(string type)
    {
        var model = file.Member(file.Root, "model", JsonValueKind.Object);
        var found = file.Text(model, "type")
            ?? (JsonFile.Optional(model, "merges") is null ? "WordPiece" : "BPE");    // exports before 0.9 name none
        return found == type
            ? model
            : throw file.Broken($"the model is {found}; expected {type} (does the manifest name the right kind of tokenizer?)");
    }

    /// <summary>The steps of a stage, which is one step or a sequence of them, or nothing.</summary>
    public IReadOnlyList<JsonElement> Steps(string stage, string list)
    {
        if (JsonFile.Optional(file.Root, stage) is not { } outer)
        {
            return [];
        }

        return file.Text(outer, "type") == "Sequence"
            ? [.. file.Member(outer, list, JsonValueKind.Array).EnumerateArray()]
            : [outer];
    }

    /// <summary>The added tokens.</summary>
    public IReadOnlyList<AddedToken> AddedTokens()
    {
        if (JsonFile.Optional(file.Root, "added_tokens") is not { } list)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw file.Broken("'added_tokens' is no list; expected a list of objects with id and content");
        }

        var tokens = new List<AddedToken>();
        foreach (var token in list.EnumerateArray())
        {
            var content = file.AsText(file.Member(token, "content", JsonValueKind.String), "an added token's content");
            if (file.Flag(token, "single_word", otherwise: false))
            {
                throw file.Broken($"the added token '{content}' has single_word, which is not done here");
            }

            bool special = file.Flag(token, "special", otherwise: false);
            tokens.Add(new AddedToken(
                file.Id(file.Member(token, "id", JsonValueKind.Number), content),
                content,
                file.Flag(token, "normalized", otherwise: !special)));
        }

        return tokens;
    }

    /// <summary>The special tokens: the options' where they name one, else the file's, else the customary ones.</summary>
    /// <param name="options">What the manifest says.</param>
    /// <param name="pad">The kind's padding; null takes the end token.</param>
    /// <param name="unknown">The model's own unknown token.</param>
    public SpecialTokens Specials(TokenizerOptions options, string? pad, string? unknown)
    {
        var customary = SpecialTokens.CustomaryFor(options.Kind);
        var (bos, eos) = FirstAndLast();
        bos = options.Bos ?? bos ?? customary.Bos;
        eos = options.Eos ?? eos ?? customary.Eos;
        pad = options.Pad
            ?? (JsonFile.Optional(file.Root, "padding") is { } padding ? file.Text(padding, "pad_token") : null)
            ?? pad
            ?? eos;
        return new SpecialTokens(bos, eos, pad, options.Unk ?? unknown ?? string.Empty);
    }

    private (string? First, string? Last) FirstAndLast()
    {
        foreach (var step in Steps("post_processor", "processors"))
        {
            switch (file.Text(step, "type"))
            {
                case "RobertaProcessing" or "BertProcessing":
                    return (NameIn(step, "cls"), NameIn(step, "sep"));
                case "TemplateProcessing":
                    return FromTemplate(step);
                case "ByteLevel":
                    continue;       // moves offsets only
                case var other:
                    throw file.Broken($"the post_processor {other} is not known here; expected Roberta-, Bert- or TemplateProcessing");
            }
        }

        return (null, null);
    }

    private string NameIn(JsonElement step, string member)
    {
        var pair = file.Member(step, member, JsonValueKind.Array);
        return pair.GetArrayLength() == 2
            ? file.AsText(pair[0], $"post_processor.{member}")
            : throw file.Broken($"post_processor.{member} is no pair of token and id");
    }

    private (string First, string Last) FromTemplate(JsonElement step)
    {
        var pieces = file.Member(step, "single", JsonValueKind.Array).EnumerateArray()
            .Select(piece => JsonFile.Optional(piece, "SpecialToken") is { } special ? file.Text(special, "id") : null)
            .ToList();
        return pieces is [{ } first, null, { } last]
            ? (first, last)
            : throw file.Broken("post_processor.single is no special token, text, special token, which is all that is done here");
    }
}
