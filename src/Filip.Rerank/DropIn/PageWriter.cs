using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Filip.Rerank.DropIn;

/// <summary>A hit in the place that it is answered at.</summary>
/// <param name="Hit">The hit.</param>
/// <param name="RecallRank">Its place in Elasticsearch's order, from 1.</param>
/// <param name="Score">Its late-interaction score; null where it was not re-scored.</param>
internal readonly record struct PageEntry(PageHit Hit, int RecallRank, double? Score);

/// <summary>Writes Elasticsearch's answer again with other hits in other places; every byte that is not named here stays.</summary>
/// <param name="text">The answer.</param>
/// <param name="page">Its places.</param>
internal sealed class PageWriter(ReadOnlyMemory<byte> text, ElasticPage page)
{
    /// <summary>The answer as it is, with our note.</summary>
    public ReadOnlyMemory<byte> WithNote(FilipNote note)
    {
        var edit = new TextEdit(text);
        AddNote(edit, note);
        return edit.ToMemory();
    }

    /// <summary>The answer with these hits in this order, as they were written: no score is changed.</summary>
    public ReadOnlyMemory<byte> WithHits(IEnumerable<PageHit> hits, FilipNote note)
    {
        var edit = new TextEdit(text);
        ReplaceHits(edit, hits, (writer, hit) => writer.Write(text.Span[hit.Whole.Start..hit.Whole.End]));
        AddNote(edit, note);
        return edit.ToMemory();
    }

    /// <summary>The answer with these hits in this order, scored anew.</summary>
    /// <param name="entries">The hits of the page.</param>
    /// <param name="maxScore">The window's highest score; null where none was re-scored.</param>
    /// <param name="note">Our note.</param>
    public ReadOnlyMemory<byte> WithEntries(IEnumerable<PageEntry> entries, double? maxScore, FilipNote note)
    {
        var edit = new TextEdit(text);
        if (page.MaxScore is { } max)
        {
            edit.Replace(max.Start, max.End, Number(maxScore));
        }

        ReplaceHits(edit, entries, WriteEntry);
        AddNote(edit, note);
        return edit.ToMemory();
    }

    private void ReplaceHits<T>(TextEdit edit, IEnumerable<T> hits, Action<ArrayBufferWriter<byte>, T> write)
    {
        if (page.HitList is not { } list)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        foreach (var hit in hits)
        {
            if (buffer.WrittenCount > 0)
            {
                buffer.Write(","u8);
            }

            write(buffer, hit);
        }

        edit.Replace(list.Start, list.End, buffer.WrittenMemory);
    }

    private void WriteEntry(ArrayBufferWriter<byte> writer, PageEntry entry)
    {
        var (hit, edit) = (entry.Hit, new TextEdit(text));
        if (hit.Score is { } score)
        {
            edit.Replace(score.Start, score.End, Number(entry.Score));
        }

        var fields = $"\"filip.recall_rank\":[{entry.RecallRank.ToString(CultureInfo.InvariantCulture)}]";
        if (hit is { RecallScore: not null, Score: { } known })
        {
            // As Elasticsearch wrote it, to the digit.
            fields += $",\"filip.recall_score\":[{Encoding.UTF8.GetString(text.Span[known.Start..known.End])}]";
        }

        if (entry.Score is null)
        {
            fields += ",\"filip.reranked\":[false]";
        }

        if (hit.Fields is { } open)
        {
            edit.Insert(open.At, Encoding.UTF8.GetBytes(open.Empty ? fields : fields + ","));
        }
        else
        {
            edit.Insert(hit.Whole.End - 1, Encoding.UTF8.GetBytes($",\"fields\":{{{fields}}}"));
        }

        edit.WriteTo(writer, hit.Whole.Start, hit.Whole.End);
    }

    private void AddNote(TextEdit edit, FilipNote note)
    {
        var member = $"\"{CallerBody.MemberName}\":{JsonSerializer.Serialize(note, DropInJson.Default.FilipNote)}";
        if (page.Ext is { } ext)
        {
            edit.Insert(ext.At, Encoding.UTF8.GetBytes(ext.Empty ? member : member + ","));
        }
        else
        {
            edit.Insert(page.End.At, Encoding.UTF8.GetBytes($"{(page.End.Empty ? "" : ",")}\"ext\":{{{member}}}"));
        }
    }

    private static byte[] Number(double? value) =>
        Encoding.UTF8.GetBytes(value?.ToString("R", CultureInfo.InvariantCulture) ?? "null");
}
