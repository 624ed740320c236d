using System.Text;
using CsCheck;
using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>The heap against the plain rule: merge the best pair, of equal ones the leftmost, until none is left.</summary>
public sealed class BytePairsTests
{
    private const string EndOfWord = "</w>";

    [Fact]
    public void Merges_are_those_of_the_plain_rule()
    {
        // Three letters and many merges among them: ties, overlaps and stale offers come often.
        Gen.Select(Gen.Int[0, 24], Gen.UInt, Gen.String[Gen.Char['a', 'c'], 1, 40]).Sample(
            (merges, seed, word) =>
            {
                var (entries, table) = Learn(merges, new Random((int)seed));
                var pairs = new BytePairs(entries, table, EndOfWord, unknown: null);
                Assert.Equal(Slowly(word, entries, table), pairs.Encode(Encoding.UTF8.GetBytes(word)).ToArray());
            },
            iter: GoldenTokenizers.FuzzCount * 4);
    }

    [Fact]
    public void A_word_comes_out_of_the_cache_as_it_went_in()
    {
        var (entries, table) = Learn(20, new Random(1));
        var cached = new BytePairs(entries, table, EndOfWord, unknown: null);
        var random = new Random(2);
        for (int i = 0; i < 40_000; i++)
        {
            // More words than the cache holds, so that it starts over, and repeated ones among them.
            var word = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next('a', 'd')));
            Assert.Equal(Slowly(word, entries, table), cached.Encode(Encoding.UTF8.GetBytes(word)).ToArray());
        }
    }

    [Fact]
    public void A_byte_without_an_entry_is_unknown_or_left_out()
    {
        var entries = new Dictionary<string, int> { ["a"] = 0, ["a</w>"] = 1, ["?"] = 2 };
        Assert.Equal([0, 2, 1], new BytePairs(entries, [], EndOfWord, unknown: 2).Encode("aza"u8).ToArray());
        Assert.Equal([0, 1], new BytePairs(entries, [], EndOfWord, unknown: null).Encode("aza"u8).ToArray());
        Assert.Equal([], new BytePairs(entries, [], EndOfWord, unknown: null).Encode("z"u8).ToArray());
    }

    private static (Dictionary<string, int> Entries, Dictionary<ulong, (int Rank, int Id)> Merges) Learn(int count, Random random)
    {
        var entries = new Dictionary<string, int>();
        foreach (var letter in new[] { "a", "b", "c" })
        {
            entries[letter] = entries.Count;
            entries[letter + EndOfWord] = entries.Count;
        }

        var merges = new Dictionary<ulong, (int Rank, int Id)>();
        for (int rank = 0; rank < count; rank++)
        {
            var names = entries.Keys.ToArray();
            var left = names.Where(name => !name.EndsWith(EndOfWord, StringComparison.Ordinal)).OrderBy(_ => random.Next()).First();
            var right = names[random.Next(names.Length)];
            entries.TryAdd(left + right, entries.Count);
            merges.TryAdd(BytePairs.Pair(entries[left], entries[right]), (rank, entries[left + right]));
        }

        return (entries, merges);
    }

    private static int[] Slowly(string word, Dictionary<string, int> entries, Dictionary<ulong, (int Rank, int Id)> merges)
    {
        var ids = word.Select((letter, i) => entries[letter + (i == word.Length - 1 ? EndOfWord : string.Empty)]).ToList();
        while (true)
        {
            int best = -1;
            var bestMerge = (Rank: int.MaxValue, Id: 0);
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                if (merges.TryGetValue(BytePairs.Pair(ids[i], ids[i + 1]), out var merge) && merge.Rank < bestMerge.Rank)
                {
                    (best, bestMerge) = (i, merge);
                }
            }

            if (best < 0)
            {
                return [.. ids];
            }

            ids[best] = bestMerge.Id;
            ids.RemoveAt(best + 1);
        }
    }
}
