using Filip.Relevance.Files;

namespace Filip.Relevance.Comparison;

/// <summary>Both sides' values, query by query, as CSV: <c>query,metric,a,b</c>.</summary>
public static class PerQueryCsv
{
    /// <summary>Writes the table.</summary>
    /// <param name="result">A comparison.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(ComparisonResult result, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("query,metric,a,b\n");
        foreach (var query in result.Queries)
        {
            for (int m = 0; m < result.Metrics.Count; m++)
            {
                writer.Write(
                    $"{CsvTable.Field(query.Query)},{result.Metrics[m]},{Fields.Text(query.A[m])},{Fields.Text(query.B[m])}\n");
            }
        }
    }
}
