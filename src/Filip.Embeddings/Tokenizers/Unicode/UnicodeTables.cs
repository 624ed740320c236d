using System.Text;

namespace Filip.Embeddings.Tokenizers.Unicode;

/// <summary>The embedded tables, each of the Unicode version that the reference tokenizer has.</summary>
/// <remarks>
/// The runtime's own tables change with the runtime, and with InvariantGlobalization its normalization leaves all but
/// ASCII as it is; ids must hang on neither. README.md beside <c>unicode-tables.txt</c> says where each table is from.
/// </remarks>
internal static class UnicodeTables
{
    private static readonly Lazy<Dictionary<string, string>> s_sections = new(ReadSections);

    /// <summary>A table by name: its entries, separated by semicolons.</summary>
    public static string Section(string name) => s_sections.Value[name];

    /// <summary>A table of code points by name.</summary>
    public static CodePointSet Set(string name) => CodePointSet.Parse(Section(name));

    private static Dictionary<string, string> ReadSections()
    {
        var type = typeof(UnicodeTables);
        using var stream = type.Assembly.GetManifestResourceStream("Filip.Embeddings.unicode-tables.txt")
            ?? throw new InvalidOperationException("unicode-tables.txt is not embedded in the assembly; build it again.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var sections = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        StringBuilder? current = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.StartsWith('['))
            {
                sections[line.Trim('[', ']')] = current = new StringBuilder();
            }
            else if (line.Length > 0 && current is not null)
            {
                // A line's end separates like a semicolon.
                current.Append(current.Length > 0 ? ";" : string.Empty).Append(line);
            }
        }

        return sections.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
    }
}
