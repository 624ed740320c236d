using System.Globalization;
using System.Text.Json;
using Filip.Cli.Terminal;

namespace Filip.Cli.Comparing;

/// <summary>Where the ids stand in an API's JSON answer: <c>hits.hits[*]._id</c>, <c>results[*].id</c>, <c>[*]</c>.</summary>
/// <remarks>Names between dots, <c>[*]</c> for every element, <c>[N]</c> for one; a leading <c>$.</c> is passed over.</remarks>
internal sealed class IdPath
{
    private readonly string _text;
    private readonly List<string> _steps;

    private IdPath(string text, List<string> steps)
    {
        _text = text;
        _steps = steps;
    }

    /// <summary>Reads a path.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static IdPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var steps = new List<string>();
        foreach (var part in text.Split('.'))
        {
            var rest = part;
            if (rest == "$" && steps.Count == 0)
            {
                continue;
            }

            var bracket = rest.IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? rest : rest[..bracket];
            rest = bracket < 0 ? "" : rest[bracket..];
            if (name.Length > 0)
            {
                steps.Add(name);
            }
            else if (rest.Length == 0)
            {
                throw Wrong(text);
            }

            while (rest.Length > 0)
            {
                var close = rest.IndexOf(']', StringComparison.Ordinal);
                if (rest[0] != '[' || close < 2 || (rest[1..close] != "*" && !int.TryParse(rest[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                {
                    throw Wrong(text);
                }

                steps.Add(rest[..(close + 1)]);
                rest = rest[(close + 1)..];
            }
        }

        return steps.Count > 0 ? new IdPath(text, steps) : throw Wrong(text);
    }

    /// <summary>The ids of an answer in their order, each once.</summary>
    /// <exception cref="UsageException">The answer has another shape; the message says what it has instead.</exception>
    public IReadOnlyList<string> Read(JsonElement answer)
    {
        var ids = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Walk(answer, 0, id =>
        {
            if (seen.Add(id))
            {
                ids.Add(id);
            }
        });
        return ids;
    }

    private void Walk(JsonElement at, int step, Action<string> found)
    {
        if (step == _steps.Count)
        {
            found(at.ValueKind switch
            {
                JsonValueKind.String when at.GetString() is { Length: > 0 } text => text,
                JsonValueKind.Number => at.GetRawText(),
                _ => throw Shape(step, $"leads to {Describe(at)}; an id is a text or a number"),
            });
            return;
        }

        var name = _steps[step];
        if (name[0] != '[')
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out var member))
            {
                throw Shape(step, $"finds no '{name}' there, but {Describe(at)}");
            }

            Walk(member, step + 1, found);
            return;
        }

        if (at.ValueKind != JsonValueKind.Array)
        {
            throw Shape(step, $"expects a list, and there is {Describe(at)}");
        }

        if (name != "[*]")
        {
            var index = int.Parse(name[1..^1], CultureInfo.InvariantCulture);
            if (index < at.GetArrayLength())
            {
                Walk(at[index], step + 1, found);
            }

            return;
        }

        foreach (var element in at.EnumerateArray())
        {
            Walk(element, step + 1, found);
        }
    }

    private UsageException Shape(int step, string what)
    {
        var reached = string.Join('.', _steps.Take(step)).Replace(".[", "[", StringComparison.Ordinal);
        return new UsageException($"the template's ids path '{_text}' {(reached.Length > 0 ? $"after '{reached}' " : "")}{what}.");
    }

    private static string Describe(JsonElement at) => at.ValueKind switch
    {
        JsonValueKind.Object => $"an object with {string.Join(", ", at.EnumerateObject().Select(member => member.Name).Take(8))}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "a boolean",
    };

    private static UsageException Wrong(string text) =>
        new($"'{text}' is no path to ids; expected names, [*] and [N], as hits.hits[*]._id or results[*].id.");
}
