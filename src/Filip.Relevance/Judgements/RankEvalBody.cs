using System.Globalization;
using System.Text.Json;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>The ratings in an Elasticsearch <c>_rank_eval</c> request.</summary>
internal static class RankEvalBody
{
    public static void Read(ReadOnlyMemory<byte> bytes, QrelsBuilder builder, ProblemList problems)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(NumberedLines.WithoutMark(bytes));
        }
        catch (JsonException error)
        {
            problems.Add((int)(error.LineNumber ?? 0) + 1, $"No JSON: {error.Message}");
            return;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("requests", out var requests)
                || requests.ValueKind != JsonValueKind.Array)
            {
                problems.Add(1, "No array 'requests'; expected the body of a _rank_eval request.");
                return;
            }

            int index = 0;
            foreach (var request in requests.EnumerateArray())
            {
                ReadRequest(request, string.Create(CultureInfo.InvariantCulture, $"requests[{index++}]"), builder, problems);
            }
        }
    }

    public static void Write(Qrels qrels, TextWriter writer)
    {
        WrittenGrade.EnsureWhole(qrels, "_rank_eval");
        string requests = string.Join(",\n", qrels.Queries.Concat(qrels.UnratedQueries).Select(query =>
        {
            string ratings = qrels.ByQuery.TryGetValue(query, out var grades)
                ? string.Join(",", grades.Select(one =>
                    $"{{\"_index\":\"pictures\",\"_id\":{JsonlJudgements.Text(one.Key)},\"rating\":{WrittenGrade.Whole(one.Value)}}}"))
                : "";
            return $"{{\"id\":{JsonlJudgements.Text(query)},\"ratings\":[{ratings}]}}";
        }));
        writer.Write($"{{\"requests\":[\n{requests}\n]}}\n");
    }

    private static void ReadRequest(JsonElement request, string path, QrelsBuilder builder, ProblemList problems)
    {
        if (request.ValueKind != JsonValueKind.Object || Fields.Id(request, "id") is not { Length: > 0 } query)
        {
            problems.Add(0, $"{path} has no id.");
            return;
        }

        builder.Name(query);
        if (!request.TryGetProperty("ratings", out var ratings) || ratings.ValueKind != JsonValueKind.Array)
        {
            problems.Add(0, $"{path} ('{query}') has no array 'ratings'.");
            return;
        }

        int index = 0;
        foreach (var one in ratings.EnumerateArray())
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}.ratings[{index++}]");
            if (one.ValueKind != JsonValueKind.Object
                || Fields.Member(one, "rating") is not { } rating
                || !Fields.TryNumber(rating, out double grade)
                || grade != Math.Truncate(grade))
            {
                problems.Add(0, $"{place} of '{query}' has no whole number 'rating'.");
            }
            else if (builder.TryAdd(query, Fields.Id(one, "_id") ?? "", grade, 0) is { } problem)
            {
                problems.Add(0, $"{place}: {problem}");
            }
        }
    }
}
