using System.Runtime.Intrinsics;
using Filip.Rerank.LateInteraction.Kernels;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary><see cref="Vnni256Lanes"/> with <c>vpdpbusd</c> spelled out, so that its blocks and layout are tested where the processor lacks it.</summary>
internal readonly unsafe struct SpelledVnni256Lanes : ILanes<Vector256<int>>
{
    public static int Count => Vnni256Lanes.Count;

    public static bool IsFused => true;

    public static Vector256<int> Load(uint* words) => Vnni256Lanes.Load(words);

    public static Vector256<int> Broadcast(byte* word) => Vnni256Lanes.Broadcast(word);

    public static void Store(Vector256<int> sum, uint* words) => Vnni256Lanes.Store(sum, words);

    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> tokens, Vector256<int> patch)
    {
        var added = sum;
        for (var i = 0; i < 4 * Count; i++)
        {
            added = added.WithElement(i / 4, added[i / 4] + (patch.AsByte()[i] * tokens.AsSByte()[i]));
        }

        return added;
    }
}

/// <summary><see cref="Short512Lanes"/> with <c>vpmaddwd</c> spelled out.</summary>
internal readonly unsafe struct SpelledShort512Lanes : ILanes<Vector512<int>>
{
    public static int Count => Short512Lanes.Count;

    public static bool IsFused => false;

    public static Vector512<int> Load(uint* words) => Short512Lanes.Load(words);

    public static Vector512<int> Broadcast(byte* word) => Short512Lanes.Broadcast(word);

    public static void Store(Vector512<int> sum, uint* words) => Short512Lanes.Store(sum, words);

    public static Vector512<int> Add(Vector512<int> sum, Vector512<int> tokens, Vector512<int> patch)
    {
        // A lane's low and high 16 bits, with their signs.
        var low = (tokens << 16 >> 16) * (patch << 16 >> 16);
        return sum + low + ((tokens >> 16) * (patch >> 16));
    }
}
