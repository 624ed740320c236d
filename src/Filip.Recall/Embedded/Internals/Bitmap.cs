using System.Numerics;

namespace Filip.Recall.Embedded.Internals;

/// <summary>A growing set of small numbers, one bit each.</summary>
internal sealed class Bitmap
{
    private ulong[] _words;

    public Bitmap(int capacity = 0) => _words = new ulong[(capacity + 63) / 64];

    private Bitmap(ulong[] words) => _words = words;

    public ReadOnlySpan<ulong> Words => _words;

    public bool this[int index] => index >> 6 < _words.Length && (_words[index >> 6] >> (index & 63) & 1) != 0;

    public void Set(int index)
    {
        if (index >> 6 >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(_words.Length * 2, (index >> 6) + 1));
        }

        _words[index >> 6] |= 1UL << (index & 63);
    }

    public void Clear(int index)
    {
        if (index >> 6 < _words.Length)
        {
            _words[index >> 6] &= ~(1UL << (index & 63));
        }
    }

    public Bitmap Copy() => new((ulong[])_words.Clone());

    public void IntersectWith(Bitmap other)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            _words[i] &= i < other._words.Length ? other._words[i] : 0;
        }
    }

    /// <summary>Adds every number below <paramref name="count"/> that <paramref name="other"/> does not hold.</summary>
    public void UnionWithout(Bitmap other, int count)
    {
        for (var index = 0; index < count; index++)
        {
            if (!other[index])
            {
                Set(index);
            }
        }
    }

    public long Count()
    {
        long count = 0;
        foreach (var word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
