using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Models.Exports;

/// <summary>What an export says of its texts; the tokenizer's files are not named yet.</summary>
/// <param name="Tokenizer">Kind, flags and special tokens.</param>
/// <param name="Context">Most tokens, or null where no file says it.</param>
/// <param name="PadsWithEntryZero">Whether a fixed length is filled with the vocabulary's first entry, as open_clip's own tokenizer does.</param>
internal sealed record ExportText(TokenizerOptions Tokenizer, int? Context, bool PadsWithEntryZero)
{
    // transformers writes 1e30 for "nobody said".
    private const double MostContext = 65_536;

    private static readonly string[] s_sentencePiece = ["Siglip", "T5", "XLMRoberta", "Gemma", "Llama", "Albert", "Camembert"];

    /// <summary>What the files say, or null where none speaks of texts.</summary>
    /// <exception cref="InvalidDataException">The tokenizer is none that is known here, or asks for what is not supported.</exception>
    public static ExportText? Read(string folder, ExportFile? openClip)
    {
        var file = ExportFile.Read(folder, "tokenizer_config.json");
        var clip = openClip?.Inner("model_cfg")?.Inner("text_cfg");
        if (clip is null)
        {
            return FromTransformers(folder, file);
        }

        if (clip.Text("hf_tokenizer_name") is { } hub)
        {
            var text = FromTransformers(folder, file) ?? throw openClip!.Refused(
                $"texts want '{hub}', a tokenizer on a hub, and no tokenizer file is here; put its tokenizer.json or vocab.txt into the folder, "
                + "if it is of the kind clip-bpe or wordpiece (SentencePiece is not supported)");
            RefuseExtras(openClip!, clip);
            return text with { Context = clip.Whole("context_length") ?? text.Context };
        }

        RefuseExtras(openClip!, clip);
        return new(new TokenizerOptions { Kind = TokenizerKind.ClipBpe }, clip.Whole("context_length") ?? 77, PadsWithEntryZero: true);
    }

    private static void RefuseExtras(ExportFile openClip, ExportFile clip)
    {
        if (clip.Inner("tokenizer_kwargs") is { } extras)
        {
            if (extras.Flag("strip_sep_token", false))
            {
                throw openClip.Refused("strip_sep_token replaces the end token by padding; no tokenizer here does that. "
                    + "Use an export whose texts keep their end token");
            }

            if (extras.Text("clean") is { } clean and not ("whitespace" or "lower"))
            {
                throw openClip.Refused($"the tokenizer cleans texts by '{clean}'; no tokenizer here does that");
            }
        }
    }

    private static ExportText? FromTransformers(string folder, ExportFile? file)
    {
        var kind = KindOf(folder, file);
        if (kind is null)
        {
            return null;
        }

        var bert = kind == TokenizerKind.WordPiece;
        var said = file?.Number("model_max_length") is { } length and >= 1 and <= MostContext ? (int?)length : null;
        return new(
            new TokenizerOptions
            {
                Kind = kind.Value,
                LowerCase = file?.Flag("do_lower_case", true) ?? true,
                StripAccents = file?["strip_accents"] is null ? null : file.Flag("strip_accents", true),
                ChineseChars = file?.Flag("tokenize_chinese_chars", true) ?? true,
                Bos = file?.Text(bert ? "cls_token" : "bos_token"),
                Eos = file?.Text(bert ? "sep_token" : "eos_token"),
                Pad = file?.Text("pad_token"),
                Unk = file?.Text("unk_token"),
            },
            said ?? ExportFile.Read(folder, "config.json")?.Inner("text_config")?.Whole("max_position_embeddings"),
            PadsWithEntryZero: false);
    }

    private static TokenizerKind? KindOf(string folder, ExportFile? file)
    {
        var name = file?.Text("tokenizer_class");
        switch (name?.Replace("Fast", "", StringComparison.Ordinal))
        {
            case "CLIPTokenizer":
                return TokenizerKind.ClipBpe;
            case "BertTokenizer" or "DistilBertTokenizer":
                return TokenizerKind.WordPiece;
            case null or "PreTrainedTokenizer" or "TokenizersBackend":
                break;
            default:
                throw file!.Refused($"the tokenizer is {name}"
                    + (IsSentencePiece(name!) ? ", of the SentencePiece kind" : "") + "; only clip-bpe, wordpiece and words are known here");
        }

        if (ExportFile.Read(folder, "tokenizer.json") is { } whole)
        {
            return whole.Inner("model")?.Text("type") switch
            {
                "BPE" => TokenizerKind.ClipBpe,
                "WordPiece" => TokenizerKind.WordPiece,
                var other => throw whole.Refused($"its model is of type '{other}'; BPE (as CLIP) or WordPiece is expected"),
            };
        }

        if (File.Exists(Path.Combine(folder, "merges.txt")))
        {
            return TokenizerKind.ClipBpe;
        }

        return File.Exists(Path.Combine(folder, "vocab.txt")) ? TokenizerKind.WordPiece : null;
    }

    private static bool IsSentencePiece(string name) =>
        s_sentencePiece.Any(start => name.StartsWith(start, StringComparison.Ordinal));
}
