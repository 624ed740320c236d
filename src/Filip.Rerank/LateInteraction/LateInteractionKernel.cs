using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Filip.Rerank.LateInteraction.Kernels;

namespace Filip.Rerank.LateInteraction;

/// <summary>A named way of computing late interaction. All agree with <see cref="Definition"/>; some are faster.</summary>
/// <remarks>
/// <para>Float kernels agree with the definition to 1e-5 relative and may differ from each other in the last bits where
/// one fuses multiply and add. Integer kernels are bit-identical to each other.</para>
/// <para>The variable <c>FILIP_KERNEL</c> forces one by name.</para>
/// </remarks>
public sealed class LateInteractionKernel
{
    /// <summary>The environment variable that forces a kernel.</summary>
    public const string ForceVariable = "FILIP_KERNEL";

    private static LateInteractionKernel? s_best;

    internal LateInteractionKernel(string name, bool isSupported, WordKernel floats, WordKernel integers)
    {
        Name = name;
        IsSupported = isSupported;
        Floats = floats;
        Integers = integers;
    }

    /// <summary>Every kernel, fastest first.</summary>
    public static IReadOnlyList<LateInteractionKernel> All { get; } = MakeAll();

    /// <summary>The one that <see cref="ForceVariable"/> names, else the fastest that this processor runs.</summary>
    /// <exception cref="InvalidOperationException">The variable names a kernel that does not exist or does not run here.</exception>
    public static LateInteractionKernel Best =>
        s_best ??= Choose(Environment.GetEnvironmentVariable(ForceVariable));

    /// <summary>Its name, as <c>/info</c> and answers show it.</summary>
    public string Name { get; }

    /// <summary>Whether this processor (and the runtime's switches) allow it.</summary>
    public bool IsSupported { get; }

    internal WordKernel Floats { get; }

    internal WordKernel Integers { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static LateInteractionKernel Choose(string? forced)
    {
        if (string.IsNullOrEmpty(forced))
        {
            return All.First(kernel => kernel.IsSupported);
        }

        var named = All.FirstOrDefault(kernel => kernel.Name == forced);
        return named is { IsSupported: true } ? named : throw new InvalidOperationException(
            $"{ForceVariable} names '{forced}', which {(named is null ? "is no kernel" : "this processor does not run")}. "
            + $"Unset it, or choose one of: {string.Join(", ", All.Where(kernel => kernel.IsSupported).Select(kernel => kernel.Name))}.");
    }

    private static LateInteractionKernel[] MakeAll()
    {
        WordKernel float512 = new(WordFormat.F32, 16, BlockedSums<Float512Lanes, Vector512<float>>.Run);
        WordKernel float256 = new(WordFormat.F32, 8, BlockedSums<Float256Lanes, Vector256<float>>.Run);
        WordKernel float128 = new(WordFormat.F32, 4, BlockedSums<Float128Lanes, Vector128<float>>.Run);
        WordKernel vnni256 = new(WordFormat.Bytes4, 8, BlockedSums<Vnni256Lanes, Vector256<int>>.Run);
        WordKernel short512 = new(WordFormat.Shorts2, 16, BlockedSums<Short512Lanes, Vector512<int>>.Run);
        WordKernel short256 = new(WordFormat.Shorts2, 8, BlockedSums<Short256Lanes, Vector256<int>>.Run);
        WordKernel int128 = new(WordFormat.Int1, 4, BlockedSums<Int128Lanes, Vector128<int>>.Run);
        var avx512 = Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;
        var avx2 = Avx2.IsSupported && Fma.IsSupported;
        return
        [
            new("avx512-vnni", avx512 && AvxVnni.IsSupported, float512, vnni256),
            new("avx512", avx512, float512, short512),
            new("avx-vnni", avx2 && AvxVnni.IsSupported, float256, vnni256),
            new("avx2", avx2, float256, short256),
            new("vector128", Vector128.IsHardwareAccelerated, float128, int128),
            new("plain", true, new(WordFormat.F32, 1, PlainSums.Floats), new(WordFormat.Int1, 1, PlainSums.Integers)),
        ];
    }
}
