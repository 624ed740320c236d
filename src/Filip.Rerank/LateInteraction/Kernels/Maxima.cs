using System.Numerics;
using System.Runtime.CompilerServices;
using Filip.Embeddings.Codecs;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>One picture's maxima for one text: over the patches for each token and, where wanted, over the tokens for each patch.</summary>
/// <remarks>
/// Sums are made for a few rows at a time (<see cref="ChunkRows"/>) and a part of the words (<see cref="ChunkWords"/>),
/// so that sums, rows and the query's part stay in the first cache. The maxima of all kernels are taken here, by one piece of code.
/// </remarks>
internal static unsafe class Maxima
{
    /// <summary>Rows at a time: a multiple of every block's rows.</summary>
    public const int ChunkRows = 24;

    /// <summary>Words at a time.</summary>
    public const int ChunkWords = 128;

    /// <summary>Fills the maxima.</summary>
    /// <param name="tokens">The packed tokens, of the record's dimension.</param>
    /// <param name="record">The picture.</param>
    /// <param name="tokenMaxima">One a lane; times the lane's scale it is the dot product.</param>
    /// <param name="patchMaxima">One a row, complete dot products; null where the contract does not ask.</param>
    /// <returns>False where a product was NaN or infinite.</returns>
    public static bool Find(PackedTokens tokens, in PatchRecordView record, float* tokenMaxima, float* patchMaxima)
    {
        new Span<float>(tokenMaxima, tokens.Lanes).Fill(float.NegativeInfinity);
        var poison = Vector<float>.Zero;
        var chunk = new RowChunk(tokens, record);
        for (var row = 0; row < record.Rows; row += ChunkRows)
        {
            var rows = Math.Min(ChunkRows, record.Rows - row);
            var sums = chunk.Sums(record, row, rows);
            for (var i = 0; i < rows; i++, sums += tokens.Lanes)
            {
                var scale = record.Codec == PatchCodec.Int8 ? record.Scales[row + i] : 1;
                var best = TakeRow(sums, tokens, scale, record.Codec == PatchCodec.Int8, tokenMaxima, patchMaxima is not null, ref poison);
                if (patchMaxima is not null)
                {
                    patchMaxima[row + i] = best;
                }
            }
        }

        return Vector.EqualsAll(poison, Vector<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float TakeRow(
        uint* sums, PackedTokens tokens, float scale, bool integers, float* tokenMaxima, bool wantPatch, ref Vector<float> poison)
    {
        var best = new Vector<float>(float.NegativeInfinity);
        var scales = tokens.Scales;
        for (nint lane = 0; lane < tokens.Lanes; lane += Vector<float>.Count)
        {
            var value = integers
                ? Vector.ConvertToSingle(Vector.Load((int*)sums + lane)) * scale
                : Vector.Load((float*)sums + lane);

            // 0 for any finite value, NaN otherwise: the plain maximum instruction would lose a NaN.
            poison += value * Vector<float>.Zero;
            Vector.Store(Vector.MaxNative(Vector.Load(tokenMaxima + lane), value), tokenMaxima + lane);
            if (wantPatch)
            {
                best = Vector.MaxNative(best, value * Vector.Load(scales + lane));
            }
        }

        var most = float.NegativeInfinity;
        for (var i = 0; wantPatch && i < Vector<float>.Count; i++)
        {
            most = MathF.Max(most, best[i]);
        }

        return most;
    }
}
