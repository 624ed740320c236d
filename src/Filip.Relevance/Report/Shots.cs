using System.Globalization;

namespace Filip.Relevance.Report;

/// <summary>Rows of thumbnails with what was relevant framed.</summary>
/// <param name="Thumbnail">A picture's thumbnail (JPEG or PNG), null where there is none; null itself shows ids alone.</param>
/// <param name="Grade">Grade of a document for a query, null where it was not judged.</param>
/// <param name="RelevantGrade">Lowest grade that gets a full frame; grades above 0 below it get a dashed one.</param>
internal sealed record Shots(
    Func<string, byte[]?>? Thumbnail, Func<string, string, double?>? Grade, double RelevantGrade)
{
    public void Write(TextWriter writer, string query, IEnumerable<string> ids)
    {
        writer.Write("<ol class=\"shots\">\n");
        int rank = 0;
        foreach (string id in ids)
        {
            rank++;
            double? grade = Grade?.Invoke(query, id);
            string said = grade switch
            {
                null => "not judged",
                <= 0 => "not relevant",
                _ when grade < RelevantGrade => "partly relevant",
                _ => "relevant",
            };
            string frame = grade >= RelevantGrade ? " relevant" : grade > 0 ? " partly" : "";
            string label = Html.Text(string.Create(CultureInfo.InvariantCulture, $"{rank}: {id}{(Grade is null ? "" : $", {said}")}"));
            if (Thumbnail is null)
            {
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture, $"<li class=\"id{frame}\" title=\"{label}\"><b>{rank}</b> {Html.Text(id)}</li>\n"));
                continue;
            }

            string shown = Thumbnail(id) is { } picture
                ? $"<img src=\"{Html.DataUri(picture)}\" alt=\"{label}\" title=\"{label}\">"
                : $"<span class=\"none\" title=\"{label}\">no picture</span>";
            writer.Write(string.Create(
                CultureInfo.InvariantCulture, $"<li class=\"shot{frame}\">{shown}<b>{rank}</b> {Html.Text(id)}</li>\n"));
        }

        writer.Write(rank == 0 ? "<li class=\"soft\">no answer</li></ol>\n" : "</ol>\n");
    }
}
