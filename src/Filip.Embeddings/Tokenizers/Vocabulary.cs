namespace Filip.Embeddings.Tokenizers;

/// <summary>The ids of a tokenizer.</summary>
internal sealed class Vocabulary
{
    private readonly Func<string, string> _readable;
    private readonly string?[] _entries;

    /// <summary>Filled as ids are asked for: most of a large vocabulary never is.</summary>
    private readonly string?[] _texts;

    /// <param name="entries">Entries with their ids.</param>
    /// <param name="added">Tokens found whole in the text; their ids may lie past the entries'.</param>
    /// <param name="specials">Names of the special tokens; each must be an entry or an added token.</param>
    /// <param name="readable">Turns an entry into what a person reads.</param>
    /// <param name="source">The file to blame.</param>
    /// <exception cref="InvalidDataException">A special token is missing, or two entries share an id.</exception>
    public Vocabulary(
        IReadOnlyDictionary<string, int> entries,
        IReadOnlyList<AddedToken> added,
        SpecialTokens specials,
        Func<string, string> readable,
        string source)
    {
        Entries = entries;
        Added = added;
        _readable = readable;
        Size = Math.Max(entries.Values.DefaultIfEmpty(-1).Max(), added.Select(token => token.Id).DefaultIfEmpty(-1).Max()) + 1;
        _entries = new string?[Size];
        foreach (var (entry, id) in entries)
        {
            if (_entries[id] is not null)
            {
                throw new InvalidDataException(
                    $"{source}: '{entry}' has the id {id}, and so has another entry; each entry needs an id of its own.");
            }

            _entries[id] = entry;
        }

        _texts = new string?[Size];
        foreach (var token in added)
        {
            _texts[token.Id] = token.Content;
        }

        Bos = Require(specials.Bos, "start", source);
        Eos = Require(specials.Eos, "end", source);
        Pad = Require(specials.Pad, "padding", source);
        Unk = Find(specials.Unk);
    }

    /// <summary>The entries with their ids; added tokens need not be among them.</summary>
    public IReadOnlyDictionary<string, int> Entries { get; }

    /// <summary>Tokens found whole in the text.</summary>
    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>One more than the highest id.</summary>
    public int Size { get; }

    /// <summary>Id of the token put first.</summary>
    public int Bos { get; }

    /// <summary>Id of the token put last.</summary>
    public int Eos { get; }

    /// <summary>Id that fills a fixed length.</summary>
    public int Pad { get; }

    /// <summary>Id for what the vocabulary does not have, or null.</summary>
    public int? Unk { get; }

    /// <summary>What an id stands for, as a person reads it; empty where the vocabulary leaves the id out.</summary>
    public string Readable(int id) =>
        _texts[id] ??= _entries[id] is { } entry ? _readable(entry) : string.Empty;

    private int? Find(string token) =>
        Added.FirstOrDefault(added => added.Content == token)?.Id
        ?? (Entries.TryGetValue(token, out int id) ? id : null);

    private int Require(string token, string role, string source) =>
        Find(token) ?? throw new InvalidDataException(
            $"{source} has no '{token}', which is to be the {role} token; name the right one in the model's manifest, or check that the file is complete.");
}
