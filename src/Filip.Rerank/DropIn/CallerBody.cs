using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Filip.Rerank.DropIn;

/// <summary>The caller's search body as bytes, with the places of the members that this route looks at.</summary>
/// <remarks>
/// Only the outermost level is read, without recursion. Whatever is not touched (number formats, repeated names, order,
/// comments, which Elasticsearch takes) reaches Elasticsearch as it came.
/// </remarks>
internal sealed class CallerBody
{
    /// <summary>The member that is ours.</summary>
    public const string MemberName = "filip";

    // Where Elasticsearch's own parser stops too; deeper bodies are left to it to refuse.
    private const int MaxDepth = 1_000;

    private readonly ReadOnlyMemory<byte> _text;
    private readonly int _open;
    private readonly List<Member> _members;

    private CallerBody(ReadOnlyMemory<byte> text, int open, List<Member> members)
    {
        _text = text;
        _open = open;
        _members = members;
    }

    /// <summary>How many members are ours.</summary>
    public int Mentions => _members.Count(member => member.Name == MemberName);

    /// <summary>The bytes of our member's value.</summary>
    public ReadOnlyMemory<byte> Filip => Value(MemberName)!.Value;

    /// <summary>Whether a member that this route has to change stands there twice; Elasticsearch refuses that.</summary>
    public bool Repeats => _members.Count(member => member.Name == "from") > 1 || _members.Count(member => member.Name == "size") > 1;

    /// <summary>Reads a body; null where it is no JSON object, which is left to Elasticsearch to judge.</summary>
    public static CallerBody? Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(
                text.Span, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            var open = (int)reader.BytesConsumed;
            List<Member> members = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (name, start) = (reader.GetString()!, (int)reader.TokenStartIndex);
                reader.Read();
                var value = (int)reader.TokenStartIndex;
                reader.Skip();
                members.Add(new Member(name, start, value, (int)reader.BytesConsumed));
            }

            return reader.Read() ? null : new CallerBody(text, open, members);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether there is a member of this name.</summary>
    public bool Has(string name) => _members.Any(member => member.Name == name);

    /// <summary>The bytes of a member's value; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Value(string name) =>
        _members.Find(member => member.Name == name) is { } found
            ? _text[found.Value..found.End]
            : default(ReadOnlyMemory<byte>?); // a bare null would become an empty memory

    /// <summary>A count as Elasticsearch reads it (a number, or digits as a text); null where it is none.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="otherwise">What holds where there is no such member.</param>
    public int? Count(string name, int otherwise)
    {
        if (Value(name) is not { } value)
        {
            return otherwise;
        }

        var text = Encoding.UTF8.GetString(value.Span).Trim('"');
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= int.MaxValue
            ? (int)number
            : null;
    }

    /// <summary>The body without our member.</summary>
    public ReadOnlyMemory<byte> WithoutFilip()
    {
        var edit = new TextEdit(_text);
        RemoveFilip(edit);
        return edit.ToMemory();
    }

    /// <summary>The body without our member, asking for the first <paramref name="size"/> hits.</summary>
    public ReadOnlyMemory<byte> Widened(int size)
    {
        var edit = new TextEdit(_text);
        var wanted = size.ToString(CultureInfo.InvariantCulture);
        if (_members.Find(member => member.Name == "size") is { } found)
        {
            edit.Replace(found.Value, found.End, Encoding.UTF8.GetBytes(wanted));
        }
        else
        {
            edit.Insert(_open, Encoding.UTF8.GetBytes($"\"size\":{wanted}{(_members.Count > 1 ? "," : "")}"));
        }

        if (_members.Find(member => member.Name == "from") is { } from)
        {
            edit.Replace(from.Value, from.End, "0"u8.ToArray());
        }

        RemoveFilip(edit);
        return edit.ToMemory();
    }

    // With the comma after it; where it is the last, with the one before it.
    private void RemoveFilip(TextEdit edit)
    {
        var at = _members.FindIndex(member => member.Name == MemberName);
        if (at + 1 < _members.Count)
        {
            edit.Remove(_members[at].Start, _members[at + 1].Start);
        }
        else
        {
            edit.Remove(at > 0 ? _members[at - 1].End : _members[at].Start, _members[at].End);
        }
    }

    private sealed record Member(string Name, int Start, int Value, int End);
}
