using System.Globalization;
using System.Text;
using System.Text.Json;
using Filip.Relevance.Online;

namespace Filip.Relevance.Report;

/// <summary>A query whose two answers a person compares.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What was looked for.</param>
/// <param name="A">A's documents, best first.</param>
/// <param name="B">B's documents, best first.</param>
public sealed record JudgingQuery(string Id, string Text, IReadOnlyList<string> A, IReadOnlyList<string> B);

/// <summary>What a judging page shows.</summary>
public sealed record JudgingPageOptions
{
    /// <summary>Decides which side stands left and in which order queries come.</summary>
    /// <value>The default is 20260101.</value>
    public ulong Seed { get; init; } = 20260101;

    /// <summary>A document's thumbnail as JPEG or PNG, null where it has none.</summary>
    public Func<string, byte[]?>? Thumbnail { get; init; }

    /// <summary>Pictures a side.</summary>
    /// <value>The default is 8.</value>
    public int Shown { get; init; } = 8;

    /// <summary>The grade that a picture marked as relevant gets.</summary>
    /// <value>The default is 1.</value>
    public double RelevantGrade { get; init; } = 1;
}

/// <summary>
/// A page on which a person says, query by query, which of two answers is better, without being told whose they are.
/// </summary>
/// <remarks>
/// One file that fetches nothing. What was judged stays in the browser and is downloaded as JSON lines or CSV: pictures
/// marked there are judgements for <c>--qrels</c>, preferences are read by <see cref="PreferenceFile"/>. Which side is A
/// does not stand in the page: the seed decides it.
/// </remarks>
public static class JudgingPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="queries">The queries; those whose shown answers are the same are left out, there is nothing to prefer.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="options">Seed, thumbnails.</param>
    /// <returns>How many queries are asked.</returns>
    public static int Write(IReadOnlyList<JudgingQuery> queries, TextWriter writer, JudgingPageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(writer);
        options ??= new JudgingPageOptions();
        string seed = options.Seed.ToString(CultureInfo.InvariantCulture);
        JudgingQuery[] asked = [.. queries
            .Select(query => query with { A = [.. query.A.Take(options.Shown)], B = [.. query.B.Take(options.Shown)] })
            .Where(query => !query.A.SequenceEqual(query.B))
            .OrderBy(query => StableHash.Of("judging-order", seed, query.Id))];
        Page.Open(writer, "Which answer is better?", scripted: true);
        writer.Write($"<style>\n{Resource("judging.css")}</style>\n{Resource("judging.html")}");
        writer.Write($"<script type=\"application/json\" id=\"data\">{Data(asked, seed, options)}</script>\n<script>\n{Resource("judging.js")}</script>\n");
        Page.Close(writer);
        return asked.Length;
    }

    private static string Data(JudgingQuery[] asked, string seed, JudgingPageOptions options)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) // its escaping keeps "</script>" out of the page
        {
            json.WriteStartObject();
            json.WriteString("seed", seed);
            json.WriteNumber("relevant", options.RelevantGrade);
            json.WriteString("key", StableHash.Of("judging-page", [seed, .. asked.Select(query => query.Id)]).ToString("x16", CultureInfo.InvariantCulture));
            json.WriteStartArray("queries");
            foreach (var query in asked)
            {
                bool aLeft = PreferenceFile.IsALeft(options.Seed, query.Id);
                json.WriteStartObject();
                json.WriteString("id", query.Id);
                json.WriteString("text", query.Text);
                List(json, "left", aLeft ? query.A : query.B);
                List(json, "right", aLeft ? query.B : query.A);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("pictures");
            foreach (string id in asked.SelectMany(query => query.A.Concat(query.B)).Distinct())
            {
                if (options.Thumbnail?.Invoke(id) is { } picture)
                {
                    json.WriteString(id, Html.DataUri(picture));
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void List(Utf8JsonWriter json, string name, IReadOnlyList<string> ids)
    {
        json.WriteStartArray(name);
        foreach (string id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }

    private static string Resource(string name)
    {
        using var stream = typeof(JudgingPage).Assembly.GetManifestResourceStream($"Filip.Relevance.Report.Judging.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
