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

        var lines = VocabularyLines.Read(mergesPath);
        var merges = new MergeTable(entries, lines.Count);
        string Place(int line) => $"{mergesPath}, line {line + 1}";
        for (int i = 0; i < lines.Count; i++)
        {
            bool heading = lines[i].StartsWith("#version", StringComparison.Ordinal);
            bool lastAndEmpty = i == lines.Count - 1 && lines[i].Length == 0;
            if (!heading && !lastAndEmpty)
            {
                merges.Add(lines[i], i, Place);     // only the order of ranks counts, so the line's number serves
            }
        }

        return new ClipBpeFiles(vocabulary, merges.Merges);
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

        var list = file.Member(model, "merges", JsonValueKind.Array);
        var merges = new MergeTable(entries, list.GetArrayLength());
        string Place(int merge) => $"{path}: merge {merge}";
        int rank = 0;
        foreach (var merge in list.EnumerateArray())
        {
            if (merge.ValueKind != JsonValueKind.Array)
            {
                merges.Add(file.AsText(merge, "a merge"), rank, Place);
            }
            else if (merge.GetArrayLength() == 2)
            {
                merges.Add(
                    file.AsText(merge[0], "a part of a merge"), file.AsText(merge[1], "a part of a merge"), rank, Place);
            }
            else
            {
                throw MergeTable.NoMerge(merge.GetRawText(), rank, Place);
            }

            rank++;
        }

        return new ClipBpeFiles(vocabulary, merges.Merges)
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

    /// <summary>Adds merges one by one without a string each: a vocabulary has fifty thousand.</summary>
    private sealed class MergeTable(Dictionary<string, int> entries, int count)
    {
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _entries =
            entries.GetAlternateLookup<ReadOnlySpan<char>>();

        private char[] _joined = new char[256];

        public Dictionary<ulong, (int Rank, int Id)> Merges { get; } = new(count);

        /// <param name="merge">Both parts with one blank between.</param>
        /// <param name="rank">Its turn.</param>
        /// <param name="place">Names the file and the place in it.</param>
        public void Add(string merge, int rank, Func<int, string> place)
        {
            int blank = merge.IndexOf(' ', StringComparison.Ordinal);
            if (blank < 0 || merge.LastIndexOf(' ') != blank)
            {
                throw NoMerge(merge, rank, place);
            }

            Add(merge.AsSpan(0, blank), merge.AsSpan(blank + 1), rank, place);
        }

        public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int rank, Func<int, string> place)
        {
            if (left.IsEmpty || right.IsEmpty)
            {
                throw NoMerge($"{left} {right}", rank, place);
            }

            int length = left.Length + right.Length;
            if (_joined.Length < length)
            {
                _joined = new char[length * 2];
            }

            left.CopyTo(_joined);
            right.CopyTo(_joined.AsSpan(left.Length));
            var joined = _joined.AsSpan(0, length);
            if (!_entries.TryGetValue(left, out int first)
                || !_entries.TryGetValue(right, out int second)
                || !_entries.TryGetValue(joined, out int both))
            {
                var missing = !_entries.ContainsKey(left) ? left : !_entries.ContainsKey(right) ? right : joined;
                throw new InvalidDataException(
                    $"{place(rank)}: merges '{left}' and '{right}', but '{missing}' is not in the vocabulary; are the two files of one model?");
            }

            // Of a merge named twice the later counts, as in the reference.
            Merges[BytePairs.Pair(first, second)] = (rank, both);
        }

        public static InvalidDataException NoMerge(string merge, int rank, Func<int, string> place) => new(
            $"{place(rank)}: '{merge}' is no merge; expected two entries of the vocabulary with one blank between.");
    }

    private static Func<string, string> Readable(string endOfWord) => entry =>
        ByteLetters.Decode(endOfWord.Length > 0 && entry.EndsWith(endOfWord, StringComparison.Ordinal)
            ? entry[..^endOfWord.Length]
            : entry);
}
