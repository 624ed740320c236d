using System.Text.Json;

namespace Filip.Embeddings.Tokenizers;

/// <summary>What a CLIP tokenizer's files say.</summary>
internal sealed class ClipBpeFiles
{
    /// <summary>CLIP's pattern; <see cref="ClipSplitter"/> is its reading.</summary>
    private const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    /// <summary>What older exports have before it.</summary>
    private const string OlderPrefix = @"<\|startoftext\|>|<\|endoftext\|>|";

    private const string CustomaryEndOfWord = "</w>";

    private static readonly string[] s_olderLiterals = ["<|startoftext|>", "<|endoftext|>"];

    private ClipBpeFiles(Vocabulary vocabulary, Dictionary<ulong, (int Rank, int Id)> merges)
    {
        Vocabulary = vocabulary;
        Merges = merges;
    }

    public Vocabulary Vocabulary { get; }

    public Dictionary<ulong, (int Rank, int Id)> Merges { get; }

    public string EndOfWord { get; private init; } = CustomaryEndOfWord;

    /// <summary>Spellings that the pattern keeps apart before anything else.</summary>
    public string[] Literals { get; private init; } = [];

    public bool Composes { get; private init; } = true;

    public bool JoinsBlanks { get; private init; } = true;

    public bool LowerCases { get; private init; } = true;

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    public static ClipBpeFiles Read(string vocabularyPath, string mergesPath, SpecialTokens specials)
    {
        using var file = JsonFile.Read(vocabularyPath);
        var entries = file.Vocabulary(file.Root);
        var added = new[] { specials.Bos, specials.Eos, specials.Unk }
            .Distinct()
            .Where(entries.ContainsKey)
            .Select(token => new AddedToken(entries[token], token, Normalized: true))
            .ToList();
        var vocabulary = new Vocabulary(entries, added, specials, Readable(CustomaryEndOfWord), vocabularyPath);

        var merges = new Dictionary<ulong, (int Rank, int Id)>();
        var lines = VocabularyLines.Read(mergesPath);
        int rank = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            bool heading = lines[i].StartsWith("#version", StringComparison.Ordinal);
            bool lastAndEmpty = i == lines.Count - 1 && lines[i].Length == 0;
            if (!heading && !lastAndEmpty)
            {
                AddMerge(merges, entries, lines[i].Split(' '), rank++, $"{mergesPath}, line {i + 1}");
            }
        }

        return new ClipBpeFiles(vocabulary, merges);
    }

    /// <summary>Reads <c>tokenizer.json</c>, and refuses one that asks for what is not done here.</summary>
    public static ClipBpeFiles ReadTokenizerJson(string path, TokenizerOptions options)
    {
        using var file = JsonFile.Read(path);
        var json = new TokenizerJson(file);
        var model = json.Model("BPE");
        foreach (var flag in new[] { "byte_fallback", "ignore_merges", "fuse_unk" })
        {
            if (file.Flag(model, flag, otherwise: false))
            {
                throw file.Broken($"model.{flag} is true, which CLIP's tokenizers never have and this one does not do");
            }
        }

        if (!string.IsNullOrEmpty(file.Text(model, "continuing_subword_prefix")))
        {
            throw file.Broken("model.continuing_subword_prefix is set, which CLIP's tokenizers never have; expected \"\"");
        }

        var steps = json.Steps("normalizer", "normalizers");
        var kinds = steps.Select(step => file.Text(step, "type") ?? string.Empty).ToList();
        string[] order = ["NFC", "Replace", "Lowercase"];
        if (!order.Where(kinds.Contains).SequenceEqual(kinds))
        {
            throw file.Broken($"the normalizer is {string.Join(", ", kinds)}; CLIP's is {string.Join(", ", order)}");
        }

        foreach (var step in steps.Where(step => file.Text(step, "type") == "Replace"))
        {
            if (RegexOf(file, step) != @"\s+" || file.Text(step, "content") != " ")
            {
                throw file.Broken(@"the normalizer's Replace is another than \s+ by one blank, which CLIP's is");
            }
        }

        bool older = ReadPattern(file, json);
        var endOfWord = file.Text(model, "end_of_word_suffix") ?? string.Empty;
        var unknown = file.Text(model, "unk_token");
        var entries = file.Vocabulary(file.Member(model, "vocab", JsonValueKind.Object));
        var added = json.AddedTokens();
        var vocabulary = new Vocabulary(
            entries, added, json.Specials(options, pad: null, unknown), Readable(endOfWord), path);

        var merges = new Dictionary<ulong, (int Rank, int Id)>();
        int rank = 0;
        foreach (var merge in file.Member(model, "merges", JsonValueKind.Array).EnumerateArray())
        {
            var parts = merge.ValueKind == JsonValueKind.Array
                ? [.. merge.EnumerateArray().Select(part => file.AsText(part, $"a part of merge {rank}"))]
                : file.AsText(merge, $"merge {rank}").Split(' ');
            AddMerge(merges, entries, parts, rank, $"{path}: merge {rank}");
            rank++;
        }

        return new ClipBpeFiles(vocabulary, merges)
        {
            EndOfWord = endOfWord,
            Literals = older ? s_olderLiterals : [],
            Composes = kinds.Contains("NFC"),
            JoinsBlanks = kinds.Contains("Replace"),
            LowerCases = kinds.Contains("Lowercase"),
        };
    }

    /// <summary>Checks the splitting; whether the pattern is the older one.</summary>
    private static bool ReadPattern(JsonFile file, TokenizerJson json)
    {
        var steps = json.Steps("pre_tokenizer", "pretokenizers");
        var kinds = steps.Select(step => file.Text(step, "type")).ToList();
        if (!kinds.SequenceEqual(["Split", "ByteLevel"]))
        {
            throw file.Broken($"the pre_tokenizer is {string.Join(", ", kinds)}; CLIP's is Split, ByteLevel");
        }

        var pattern = RegexOf(file, steps[0]);
        bool older = pattern == OlderPrefix + Pattern;
        if ((pattern != Pattern && !older)
            || file.Text(steps[0], "behavior") != "Removed"
            || !file.Flag(steps[0], "invert", otherwise: false))
        {
            throw file.Broken($"the pre_tokenizer splits by '{pattern}'; CLIP's keeps (Removed, invert) what matches '{Pattern}'");
        }

        if (file.Flag(steps[1], "add_prefix_space", otherwise: true)
            || (older && !file.Flag(steps[1], "use_regex", otherwise: true)))
        {
            throw file.Broken("the pre_tokenizer's ByteLevel has other flags than CLIP's: add_prefix_space false, use_regex true");
        }

        return older;
    }

    private static string? RegexOf(JsonFile file, JsonElement step) =>
        JsonFile.Optional(step, "pattern") is { } pattern ? file.Text(pattern, "Regex") : null;

    private static void AddMerge(
        Dictionary<ulong, (int Rank, int Id)> merges,
        Dictionary<string, int> entries,
        string[] parts,
        int rank,
        string place)
    {
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new InvalidDataException(
                $"{place}: '{string.Join(' ', parts)}' is no merge; expected two entries of the vocabulary with one blank between.");
        }

        int Find(string entry) => entries.TryGetValue(entry, out int id)
            ? id
            : throw new InvalidDataException(
                $"{place}: merges '{parts[0]}' and '{parts[1]}', but '{entry}' is not in the vocabulary; are the two files of one model?");

        // Of a merge named twice the later counts, as in the reference.
        merges[BytePairs.Pair(Find(parts[0]), Find(parts[1]))] = (rank, Find(parts[0] + parts[1]));
    }

    private static Func<string, string> Readable(string endOfWord) => entry =>
        ByteLetters.Decode(endOfWord.Length > 0 && entry.EndsWith(endOfWord, StringComparison.Ordinal)
            ? entry[..^endOfWord.Length]
            : entry);
}
