namespace Filip.Embeddings.Tokenizers;

/// <summary>Gathers the ids of one text between start and end token, and no more of them than fit.</summary>
internal sealed class TokenCollector
{
    private readonly List<(int Id, int Word)> _tokens = [];
    private readonly int _room;
    private int _words;

    /// <param name="context">Most ids in all, start and end token included.</param>
    public TokenCollector(int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 2);
        _room = context - 2;
    }

    /// <summary>Whether an id had to be left out: nothing further can change the answer.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Adds a special token written in the text.</summary>
    public void AddSpecial(int id) => Add(id, -1);

    /// <summary>Adds the pieces of the next word; a word without any takes no number.</summary>
    public void AddWord(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            Add(id, _words);
        }

        _words += ids.IsEmpty ? 0 : 1;
    }

    /// <summary>The text's tokens.</summary>
    public TokenizedText Finish(Vocabulary vocabulary)
    {
        var labels = new TokenLabel[_tokens.Count + 2];
        labels[0] = Special(vocabulary.Bos);
        for (int i = 0; i < _tokens.Count; i++)
        {
            var (id, word) = _tokens[i];
            labels[i + 1] = new TokenLabel(id, vocabulary.Readable(id), word);
        }

        labels[^1] = Special(vocabulary.Eos);
        return new TokenizedText(labels, Overflowed);

        TokenLabel Special(int id) => new(id, vocabulary.Readable(id), -1);
    }

    private void Add(int id, int word)
    {
        if (_tokens.Count < _room)
        {
            _tokens.Add((id, word));
        }
        else
        {
            Overflowed = true;
        }
    }
}
