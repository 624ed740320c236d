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

    public PreparedTemplate(QueryTokens query, ScoringContract contract, LateInteractionKernel kernel)
    {
        Query = query;
        _contract = contract;
        Counted = [.. Enumerable.Range(0, query.Rows.RowCount).Where(token => query.Weight(token) != 0)];
        _floats = new PackedTokens(query.Rows, Counted, kernel.Floats);
        _integers = new PackedTokens(query.Rows, Counted, kernel.Integers);
        _shares = [.. Counted.Select(query.Weight)];
        TotalWeight = contract.Measure == ScoringMeasure.Sum ? 1 : _shares.Sum();
    }

    public QueryTokens Query { get; }

    /// <summary>Positions of the tokens whose weight is not 0.</summary>
    public int[] Counted { get; }

    private double TotalWeight { get; }

    /// <summary>What a codec's rows are compared with.</summary>
    public PackedTokens Packed(PatchCodec codec) => codec == PatchCodec.Int8 ? _integers : _floats;

    /// <summary>A token's contribution, given its best dot product. Contributions, added in order, are the score.</summary>
    public double TokenContribution(int counted, double maximum) => _shares[counted] * maximum / TotalWeight;

    /// <summary>A patch's contribution, given its best dot product.</summary>
    public double PatchContribution(double maximum, int rows) => CountsZero ? Math.Max(0, maximum) / rows : maximum / rows;

    /// <summary>Whether padding, a row of zeros, is among what a patch is compared with.</summary>
    private bool CountsZero => _contract.Measure == ScoringMeasure.ZeroPadImageToText && !Query.FillsContext;

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
                fromTokens += TokenContribution(i, (double)tokens[i] * packed.Scales[i]);
            }
        }

        if (_contract.NeedsPatchMaxima)
        {
            for (var i = 0; i < record.Rows; i++)
            {
                fromPatches += PatchContribution(patches[i], record.Rows);
            }
        }

        return _contract.Measure == ScoringMeasure.Mean ? (fromTokens + fromPatches) / 2 : fromTokens + fromPatches;
    }

    public void Dispose()
    {
        _floats.Dispose();
        _integers.Dispose();
    }
}
