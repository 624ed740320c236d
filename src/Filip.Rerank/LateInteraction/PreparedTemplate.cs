using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction.Kernels;

namespace Filip.Rerank.LateInteraction;

/// <summary>One text of a query, packed for the kernel's floats and for its integers.</summary>
internal sealed unsafe class PreparedTemplate : IDisposable
{
    private readonly ScoringContract _contract;
    private readonly PackedTokens _floats;
    private readonly PackedTokens _integers;
    private readonly double[] _shares;
    private readonly double _totalWeight;

    // Padding, a row of zeros, is among what a patch is compared with.
    private readonly bool _countsZero;

    public PreparedTemplate(QueryTokens query, ScoringContract contract, LateInteractionKernel kernel)
    {
        Query = query;
        _contract = contract;
        Counted = [.. Enumerable.Range(0, query.Rows.RowCount).Where(token => query.Weight(token) != 0)];
        _floats = new PackedTokens(query.Rows, Counted, kernel.Floats);
        _integers = new PackedTokens(query.Rows, Counted, kernel.Integers);
        _shares = [.. Counted.Select(query.Weight)];
        _totalWeight = contract.Measure == ScoringMeasure.Sum ? 1 : _shares.Sum();
        _countsZero = contract.Measure == ScoringMeasure.ZeroPadImageToText && !query.FillsContext;
    }

    public QueryTokens Query { get; }

    /// <summary>Positions of the tokens whose weight is not 0.</summary>
    public int[] Counted { get; }

    /// <summary>What a codec's rows are compared with.</summary>
    public PackedTokens Packed(PatchCodec codec) => codec == PatchCodec.Int8 ? _integers : _floats;

    /// <summary>What a token adds to the score, given its best dot product; 0 where the contract counts patches only.</summary>
    public double TokenShare(int counted, double maximum) =>
        _contract.NeedsTokenMaxima ? Half(_shares[counted] * maximum / _totalWeight) : 0;

    /// <summary>What a patch adds to the score, given its best dot product; 0 where the contract counts tokens only.</summary>
    public double PatchShare(double maximum, int rows) =>
        _contract.NeedsPatchMaxima ? Half((_countsZero ? Math.Max(0, maximum) : maximum) / rows) : 0;

    /// <summary>The score of one picture; NaN where a product was not finite.</summary>
    public double Score(in PatchRecordView record)
    {
        var packed = Packed(record.Codec);
        var scratch = ScoringScratch.Current;
        var tokens = scratch.TokenMaxima(packed.Lanes);
        var patches = _contract.NeedsPatchMaxima ? scratch.PatchMaxima(record.Rows) : null;
        if (!Maxima.Find(packed, record, tokens, patches))
        {
            return double.NaN;
        }

        double fromTokens = 0, fromPatches = 0;
        if (_contract.NeedsTokenMaxima)
        {
            for (var i = 0; i < Counted.Length; i++)
            {
                fromTokens += TokenShare(i, (double)tokens[i] * packed.Scales[i]);
            }
        }

        if (_contract.NeedsPatchMaxima)
        {
            for (var i = 0; i < record.Rows; i++)
            {
                fromPatches += PatchShare(patches[i], record.Rows);
            }
        }

        return fromTokens + fromPatches;
    }

    public void Dispose()
    {
        _floats.Dispose();
        _integers.Dispose();
    }

    /// <summary>Halving is exact, so halved parts still add up to the halved whole.</summary>
    private double Half(double value) => _contract.Measure == ScoringMeasure.Mean ? value / 2 : value;
}
