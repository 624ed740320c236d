using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>16 tokens a vector, fused multiply-add.</summary>
internal readonly unsafe struct Float512Lanes : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    public static bool IsFused => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(uint* words) => Vector512.Load((float*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(byte* word) => Vector512.Create(*(float*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> tokens, Vector512<float> patch) =>
        Vector512.FusedMultiplyAdd(tokens, patch, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> sum, uint* words) => sum.Store((float*)words);
}

/// <summary>8 tokens a vector, fused multiply-add.</summary>
internal readonly unsafe struct Float256Lanes : ILanes<Vector256<float>>
{
    public static int Count => Vector256<float>.Count;

    public static bool IsFused => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(uint* words) => Vector256.Load((float*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(byte* word) => Vector256.Create(*(float*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> tokens, Vector256<float> patch) =>
        Vector256.FusedMultiplyAdd(tokens, patch, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> sum, uint* words) => sum.Store((float*)words);
}

/// <summary>4 tokens a vector; fused where the processor can, as it always can on arm64.</summary>
internal readonly unsafe struct Float128Lanes : ILanes<Vector128<float>>
{
    public static int Count => Vector128<float>.Count;

    public static bool IsFused => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(uint* words) => Vector128.Load((float*)words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(byte* word) => Vector128.Create(*(float*)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> sum, Vector128<float> tokens, Vector128<float> patch) =>
        Vector128.MultiplyAddEstimate(tokens, patch, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> sum, uint* words) => sum.Store((float*)words);
}
