using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>8 tokens a vector, four byte products a lane and step (<c>vpdpbusd</c>): never saturates.</summary>
internal readonly unsafe struct Vnni256Lanes : ILanes<Vector256<int>>
{
    public static int Count => Vector256<int>.Count;

    public static bool IsFused => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(uint* words) => Vector256.Load((int*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* word) => Vector256.Create(*(int*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> tokens, Vector256<int> patch) =>
        AvxVnni.MultiplyWideningAndAdd(sum, patch.AsByte(), tokens.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, uint* words) => sum.Store((int*)words);
}

/// <summary>16 tokens a vector, two 16-bit products a lane and step (<c>vpmaddwd</c>): exact, unlike <c>vpmaddubsw</c>, which saturates.</summary>
internal readonly unsafe struct Short512Lanes : ILanes<Vector512<int>>
{
    public static int Count => Vector512<int>.Count;

    public static bool IsFused => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(uint* words) => Vector512.Load((int*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(byte* word) => Vector512.Create(*(int*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<int> tokens, Vector512<int> patch) =>
        sum + Avx512BW.MultiplyAddAdjacent(tokens.AsInt16(), patch.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sum, uint* words) => sum.Store((int*)words);
}

/// <summary>8 tokens a vector, two 16-bit products a lane and step.</summary>
internal readonly unsafe struct Short256Lanes : ILanes<Vector256<int>>
{
    public static int Count => Vector256<int>.Count;

    public static bool IsFused => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(uint* words) => Vector256.Load((int*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* word) => Vector256.Create(*(int*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<int> tokens, Vector256<int> patch) =>
        sum + Avx2.MultiplyAddAdjacent(tokens.AsInt16(), patch.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sum, uint* words) => sum.Store((int*)words);
}

/// <summary>4 tokens a vector, one 32-bit product a lane and step: no instruction beyond the portable ones.</summary>
internal readonly unsafe struct Int128Lanes : ILanes<Vector128<int>>
{
    public static int Count => Vector128<int>.Count;

    public static bool IsFused => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(uint* words) => Vector128.Load((int*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* word) => Vector128.Create(*(int*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<int> tokens, Vector128<int> patch) =>
        sum + (tokens * patch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sum, uint* words) => sum.Store((int*)words);
}
