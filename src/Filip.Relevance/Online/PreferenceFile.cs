using System.Globalization;
using System.Text.Json;
using Filip.Relevance.Files;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Online;

/// <summary>Reads the preferences that a judging page hands out, one or several judges' in one file.</summary>
/// <remarks>
/// Lines <c>{"query":…,"preferred":"left"|"right"|"same","seed":…}</c>; lines with a <c>docid</c> are grades of single
/// pictures and are passed over here. Only the seed tells which side was A: the page itself does not know.
/// </remarks>
public static class PreferenceFile
{
    /// <summary>Reads a file and counts it out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Resamples of the bootstrap.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, or there is no preference.</exception>
    public static Preference Read(string path, StatisticsOptions? options = null) => Parse(File.ReadAllBytes(path), path, options);

    /// <summary>Counts out bytes.</summary>
    /// <param name="bytes">The file's bytes, UTF-8.</param>
    /// <param name="name">What the file is called in error messages.</param>
    /// <param name="options">Resamples of the bootstrap.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, or there is no preference.</exception>
    public static Preference Parse(ReadOnlyMemory<byte> bytes, string name, StatisticsOptions? options = null)
    {
        var problems = new ProblemList(name);
        int a = 0;
        int b = 0;
        int same = 0;
        foreach (var (number, record) in JsonLines.Of(bytes, problems))
        {
            if (Fields.Member(record, "docid") is not null)
            {
                continue;
            }

            string? query = Fields.Id(record, "query");
            string? preferred = Fields.Id(record, "preferred");
            if (string.IsNullOrEmpty(query) || preferred is not ("left" or "right" or "same") || Seed(record) is not { } seed)
            {
                problems.Add(number, "Expected {\"query\":…,\"preferred\":\"left\", \"right\" or \"same\",\"seed\":…}, as the judging page writes it.");
            }
            else if (preferred == "same")
            {
                same++;
            }
            else if ((preferred == "left") == IsALeft(seed, query))
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        if (a + b + same == 0)
        {
            problems.Add(1, "The file holds no preference.");
        }

        problems.ThrowIfAny();
        return Preference.Of(a, b, same, options);
    }

    /// <summary>Whether A stands on the left for this query; a coin that the seed decides.</summary>
    internal static bool IsALeft(ulong seed, string query) =>
        (StableHash.Of("judging", seed.ToString(CultureInfo.InvariantCulture), query) & 1) == 0;

    /// <summary>Written as a text: JSON readers in browsers round large numbers.</summary>
    private static ulong? Seed(JsonElement record) =>
        ulong.TryParse(Fields.Id(record, "seed"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : null;
}
