namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>What one thread needs while it scores; kept by the thread, so that a query allocates nothing.</summary>
internal sealed class ScoringScratch
{
    [ThreadStatic]
    private static ScoringScratch? s_current;

    private NativeWords? _sums;
    private NativeWords? _rows;
    private NativeWords? _tokenMaxima;
    private NativeWords? _patchMaxima;

    /// <summary>This thread's.</summary>
    public static ScoringScratch Current => s_current ??= new();

    public unsafe uint* Sums(nint count) => (_sums = NativeWords.Grown(_sums, count)).Pointer;

    public unsafe uint* Rows(nint count) => (_rows = NativeWords.Grown(_rows, count)).Pointer;

    public unsafe float* TokenMaxima(nint count) => (float*)(_tokenMaxima = NativeWords.Grown(_tokenMaxima, count)).Pointer;

    public unsafe float* PatchMaxima(nint count) => (float*)(_patchMaxima = NativeWords.Grown(_patchMaxima, count)).Pointer;
}
