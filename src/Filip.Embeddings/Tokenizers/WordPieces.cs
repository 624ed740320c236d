namespace Filip.Embeddings.Tokenizers;

/// <summary>Cuts a word into the longest pieces from the left that the vocabulary has.</summary>
internal sealed class WordPieces
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _first;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _inside;
    private readonly int _longest;
    private readonly int _unknown;
    private readonly int _mostCharacters;

    /// <param name="entries">The vocabulary.</param>
    /// <param name="prefix">What pieces inside a word begin with.</param>
    /// <param name="unknown">Id of a word that cannot be cut.</param>
    /// <param name="mostCharacters">A word of more characters is unknown.</param>
    public WordPieces(IReadOnlyDictionary<string, int> entries, string prefix, int unknown, int mostCharacters)
    {
        var first = new Dictionary<string, int>(entries, StringComparer.Ordinal);
        var inside = entries
            .Where(entry => entry.Key.Length > prefix.Length && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
        _first = first.GetAlternateLookup<ReadOnlySpan<char>>();
        _inside = inside.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = first.Keys.Max(key => key.Length);
        _unknown = unknown;
        _mostCharacters = mostCharacters;
    }

    /// <summary>Puts a word's ids into <paramref name="ids"/>, which is emptied first.</summary>
    /// <param name="word">UTF-16.</param>
    /// <param name="characters">Its length in scalar values.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Cut(ReadOnlySpan<char> word, int characters, List<int> ids)
    {
        ids.Clear();
        if (characters > _mostCharacters)
        {
            ids.Add(_unknown);
            return;
        }

        int start = 0;
        while (start < word.Length)
        {
            var pieces = start == 0 ? _first : _inside;
            int end = Math.Min(word.Length, start + _longest);
            int id;
            while (!pieces.TryGetValue(word[start..end], out id))
            {
                if (--end == start)
                {
                    // One place without a piece makes the whole word unknown.
                    ids.Clear();
                    ids.Add(_unknown);
                    return;
                }
            }

            ids.Add(id);
            start = end;
        }
    }
}
