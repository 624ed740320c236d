using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>What integer kernels compute, one number at a time.</summary>
internal static class IntegerTwin
{
    public static double Score(ScoringContract contract, QueryTokens query, PatchRecordView record)
    {
        int[] counted = [.. Enumerable.Range(0, query.Rows.RowCount).Where(token => query.Weight(token) != 0)];
        var tokenMaxima = Enumerable.Repeat(float.NegativeInfinity, counted.Length).ToArray();
        var patchMaxima = Enumerable.Repeat(float.NegativeInfinity, record.Rows).ToArray();
        var tokenScales = new float[counted.Length];
        for (var t = 0; t < counted.Length; t++)
        {
            var components = new sbyte[record.Dimension];
            tokenScales[t] = Int8Rows.Quantise(query.Rows.Row(counted[t]), components);
            for (var p = 0; p < record.Rows; p++)
            {
                var stored = record.Components.Slice(p * record.RowBytes, record.Dimension);
                var sum = 0;
                for (var i = 0; i < record.Dimension; i++)
                {
                    sum += components[i] * (stored[i] - 128);
                }

                var value = sum * record.Scales[p];
                tokenMaxima[t] = MathF.Max(tokenMaxima[t], value);
                patchMaxima[p] = MathF.Max(patchMaxima[p], value * tokenScales[t]);
            }
        }

        return Combine(contract, query, counted, tokenMaxima, tokenScales, patchMaxima);
    }

    private static double Combine(
        ScoringContract contract, QueryTokens query, int[] counted, float[] tokenMaxima, float[] tokenScales, float[] patchMaxima)
    {
        double[] weights = [.. counted.Select(query.Weight)];
        var total = weights.Sum();
        double byToken = 0, bySum = 0, byPatch = 0, byPaddedPatch = 0;
        for (var t = 0; t < counted.Length; t++)
        {
            byToken += weights[t] * ((double)tokenMaxima[t] * tokenScales[t]) / total;
            bySum += weights[t] * ((double)tokenMaxima[t] * tokenScales[t]);
        }

        foreach (var maximum in patchMaxima)
        {
            byPatch += (double)maximum / patchMaxima.Length;
            byPaddedPatch += Math.Max(0, (double)maximum) / patchMaxima.Length;
        }

        return contract.Name switch
        {
            "filip-t2i" => byToken,
            "filip-i2t" => byPatch,
            "filip-mean" => (byToken + byPatch) / 2,
            "colbert-sum" => bySum,
            _ => byPaddedPatch,
        };
    }
}
