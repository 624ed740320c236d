using System.Collections.Concurrent;

namespace Filip.Embeddings.Tokenizers;

/// <summary>Byte-pair encoding of one word: the earliest learnt merge first, of equal ones the leftmost.</summary>
/// <remarks>Merges come from a heap, so a word of a million letters costs n log n. Safe for any number of threads.</remarks>
internal sealed class BytePairs
{
    private const int MostCachedWords = 16_384;
    private const int LongestCachedWord = 64;
    private const int None = -1;

    private readonly Dictionary<ulong, (int Rank, int Id)> _merges;
    private readonly int[] _inside = new int[256];
    private readonly int[] _atEnd = new int[256];

    /// <summary>Words met before, a byte a char; texts repeat their words.</summary>
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _cachedWords;

    /// <param name="entries">The vocabulary.</param>
    /// <param name="merges">By pair of ids (<see cref="Pair"/>): the rank, lowest first, and the id of both together.</param>
    /// <param name="endOfWord">What a word's last letter has behind it in the vocabulary.</param>
    /// <param name="unknown">Id of a byte that the vocabulary lacks; null leaves it out.</param>
    public BytePairs(
        IReadOnlyDictionary<string, int> entries,
        Dictionary<ulong, (int Rank, int Id)> merges,
        string endOfWord,
        int? unknown)
    {
        _merges = merges;
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int value = 0; value < 256; value++)
        {
            var letter = ByteLetters.Letter((byte)value).ToString();
            _inside[value] = entries.TryGetValue(letter, out int inside) ? inside : unknown ?? None;
            _atEnd[value] = entries.TryGetValue(letter + endOfWord, out int atEnd) ? atEnd : unknown ?? None;
        }
    }

    /// <summary>The key of a merge.</summary>
    /// <remarks>
    /// The factor is odd, so different pairs stay different; without it a key's hash is left xor right, the same for
    /// every pair of twins.
    /// </remarks>
    public static ulong Pair(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) * 0x9E37_79B9_7F4A_7C15;

    /// <summary>The ids of a word's bytes.</summary>
    public ReadOnlySpan<int> Encode(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty || word.Length > LongestCachedWord)
        {
            return Merge(word);
        }

        Span<char> key = stackalloc char[LongestCachedWord];
        for (int i = 0; i < word.Length; i++)
        {
            key[i] = (char)word[i];
        }

        key = key[..word.Length];
        if (!_cached.TryGetValue(key, out var ids))
        {
            ids = Merge(word);
            Remember(key, ids);
        }

        return ids;
    }

    private void Remember(ReadOnlySpan<char> key, int[] ids)
    {
        // Starting over is cruder than forgetting the oldest, but costs a hit nothing.
        if (Interlocked.Increment(ref _cachedWords) > MostCachedWords)
        {
            _cache.Clear();
            Interlocked.Exchange(ref _cachedWords, 1);
        }

        _cached[key] = ids;
    }

    private int[] Merge(ReadOnlySpan<byte> word)
    {
        var ids = new int[word.Length];
        int count = 0;
        for (int i = 0; i < word.Length; i++)
        {
            int id = i == word.Length - 1 ? _atEnd[word[i]] : _inside[word[i]];
            if (id != None)
            {
                ids[count++] = id;
            }
        }

        if (count < 2)
        {
            return ids[..count];
        }

        // A list linked both ways over the places; a swallowed place has id None.
        var next = new int[count];
        var previous = new int[count];
        var offers = new List<((int Place, int Id), long)>(count);
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : None;
            if (i + 1 < count && Offer(ids, i, i + 1) is { } offer)
            {
                offers.Add(offer);
            }
        }

        var heap = new PriorityQueue<(int Place, int Id), long>(offers);

        while (heap.TryDequeue(out var merge, out _))
        {
            int place = merge.Place;
            int right = next[place];

            // An offer is stale once either side has changed; the pair that stands there now tells.
            if (ids[place] == None || right == None
                || !_merges.TryGetValue(Pair(ids[place], ids[right]), out var now) || now.Id != merge.Id)
            {
                continue;
            }

            ids[place] = merge.Id;
            ids[right] = None;
            next[place] = next[right];
            if (next[place] != None)
            {
                previous[next[place]] = place;
                Enqueue(heap, Offer(ids, place, next[place]));
            }

            if (previous[place] != None)
            {
                Enqueue(heap, Offer(ids, previous[place], place));
            }
        }

        int kept = 0;
        for (int place = 0; place != None; place = next[place])
        {
            ids[kept++] = ids[place];
        }

        return ids[..kept];
    }

    /// <summary>The merge of two neighbours with its turn, or null.</summary>
    private ((int Place, int Id) Merge, long Turn)? Offer(int[] ids, int left, int right) =>
        _merges.TryGetValue(Pair(ids[left], ids[right]), out var merge)
            ? ((left, merge.Id), ((long)merge.Rank << 32) | (uint)left)
            : null;

    private static void Enqueue(
        PriorityQueue<(int Place, int Id), long> heap, ((int Place, int Id) Merge, long Turn)? offer)
    {
        if (offer is { } found)
        {
            heap.Enqueue(found.Merge, found.Turn);
        }
    }
}
