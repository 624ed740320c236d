using System.Runtime.InteropServices;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>A token that is found whole in the text, before the text is split into words.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">How it is written.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text (and is normalized itself), or in the text as given.</param>
internal sealed record AddedToken(int Id, string Content, bool Normalized);

/// <summary>Finds added tokens in a text: the leftmost first, of several there the longest.</summary>
internal sealed class AddedTokens
{
    /// <summary>By first scalar; the longest first.</summary>
    private readonly Dictionary<int, List<(int[] Content, int Id)>> _byFirst = [];

    /// <param name="tokens">The tokens to find.</param>
    /// <param name="prepare">What is done to their content first.</param>
    public AddedTokens(IEnumerable<AddedToken> tokens, Action<List<int>> prepare)
    {
        foreach (var token in tokens)
        {
            var content = Scalars.Of(token.Content);
            prepare(content);
            if (content.Count == 0)
            {
                continue;
            }

            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byFirst, content[0], out _);
            list ??= [];
            list.Add(([.. content], token.Id));
            list.Sort((a, b) => b.Content.Length.CompareTo(a.Content.Length));
        }
    }

    /// <summary>The next added token.</summary>
    /// <returns>Its place, length and id; a length of 0 where there is none, the place then being the text's end.</returns>
    public (int Start, int Length, int Id) FindNext(ReadOnlySpan<int> text, int from)
    {
        for (int i = from; _byFirst.Count > 0 && i < text.Length; i++)
        {
            if (!_byFirst.TryGetValue(text[i], out var candidates))
            {
                continue;
            }

            foreach (var (content, id) in candidates)
            {
                if (text[i..].StartsWith(content))
                {
                    return (i, content.Length, id);
                }
            }
        }

        return (text.Length, 0, 0);
    }
}
