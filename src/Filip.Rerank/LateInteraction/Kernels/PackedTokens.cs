using System.Numerics;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>The counted tokens of one text, reordered once a query to <c>[word][lane]</c> for one word kernel.</summary>
internal sealed unsafe class PackedTokens : IDisposable
{
    private readonly NativeWords _words;

    public PackedTokens(EmbeddingMatrix rows, IReadOnlyList<int> counted, WordKernel kernel)
    {
        Kernel = kernel;
        Dimension = rows.Dimension;
        Words = kernel.Format.Words(rows.Dimension);

        // The finishing step reads whole Vector<float>s whatever the kernel's own width.
        var granule = Math.Max(kernel.Lanes, Vector<float>.Count);
        Lanes = (counted.Count + granule - 1) / granule * granule;
        _words = new NativeWords((Words + 2) * (nint)Lanes);
        new Span<uint>(_words.Pointer, checked((int)_words.Count)).Clear();
        var components = new sbyte[rows.Dimension];
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Lanes past the last token repeat it: a token twice changes no maximum, where a zero row would.
            var row = rows.Row(counted[Math.Min(lane, counted.Count - 1)]);
            if (kernel.Format == WordFormat.F32)
            {
                PackFloats(row, lane);
            }
            else
            {
                Scales[lane] = Int8Rows.Quantise(row, components);
                PackIntegers(components, lane);
            }
        }
    }

    public WordKernel Kernel { get; }

    public int Dimension { get; }

    /// <summary>Tokens padded to whole vectors.</summary>
    public int Lanes { get; }

    /// <summary>Words of a row.</summary>
    public int Words { get; }

    /// <summary>The words, <c>[word][lane]</c>.</summary>
    public uint* Pointer => _words.Pointer;

    /// <summary>What each lane's sum starts from: minus the bias' part where patches are stored with one, else 0.</summary>
    public uint* Start => _words.Pointer + (Words * (nint)Lanes);

    /// <summary>Each lane's scale; 1 for floats.</summary>
    public float* Scales => (float*)(Start + Lanes);

    public void Dispose() => _words.Dispose();

    private void PackFloats(ReadOnlySpan<float> row, int lane)
    {
        Scales[lane] = 1;
        for (var word = 0; word < Words; word++)
        {
            ((float*)Pointer)[(word * (nint)Lanes) + lane] = row[word];
        }
    }

    private void PackIntegers(ReadOnlySpan<sbyte> components, int lane)
    {
        var perWord = Kernel.Format.Components();
        var bits = 32 / perWord;
        var mask = uint.MaxValue >> (32 - bits);
        var sum = 0;
        for (var i = 0; i < components.Length; i++)
        {
            sum += components[i];
            Pointer[(i / perWord * (nint)Lanes) + lane] |= ((uint)components[i] & mask) << (i % perWord * bits);
        }

        ((int*)Start)[lane] = Kernel.Format == WordFormat.Bytes4 ? -Int8Rows.Bias * sum : 0;
    }
}
