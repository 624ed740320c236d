using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Rerank.Search;

namespace Filip.Cli.Commands;

/// <summary>Draws which patches matched, a PNG a result.</summary>
internal static class Explanations
{
    /// <summary>Writes one overlay for each result whose picture can be read.</summary>
    public static async Task DrawAsync(
        OpenedEngine opened, string text, SearchAnswer answer, string folder, bool quiet, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var drawn = 0;
        foreach (var result in answer.Results)
        {
            if (result.Fields?.GetValueOrDefault("path").ToString() is not { Length: > 0 } path || !File.Exists(path))
            {
                Screen.Note($"filip: the picture of '{result.Id}' is not where it was indexed from; nothing drawn.", quiet);
                continue;
            }

            var png = await opened.Engine.DrawExplanationAsync(
                new ExplainRequest(text, result.Id), await File.ReadAllBytesAsync(path, stop), stop);
            var name = string.Concat(result.Id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_'));
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{result.Rank:000}-{name}.png"), png, stop);
            drawn++;
        }

        Screen.Note($"{drawn} overlays in {folder}", quiet);
    }
}
