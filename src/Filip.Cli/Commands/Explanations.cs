using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Pictures;
using Filip.Rerank.Search;

namespace Filip.Cli.Commands;

/// <summary>Draws which patches matched, a PNG a result.</summary>
internal static class Explanations
{
    /// <summary>Writes one overlay for each result whose picture can be read.</summary>
    /// <param name="opened">Index and model.</param>
    /// <param name="text">The query.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="pictures">Folder that the indexed paths start from; null for this one.</param>
    /// <param name="folder">Where the overlays go.</param>
    /// <param name="quiet">No notes.</param>
    /// <param name="stop">Ends the call.</param>
    public static async Task DrawAsync(
        OpenedEngine opened, string text, SearchAnswer answer, string? pictures, string folder, bool quiet, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var drawn = 0;
        foreach (var result in answer.Results)
        {
            if (await DrawAsync(opened, text, result, pictures, stop) is not { } png)
            {
                Screen.Note($"filip: '{result.Id}' was not drawn: its picture is not below '{pictures ?? "."}' (name the folder with --pictures), or the model has no grid.", quiet);
                continue;
            }

            var name = string.Concat(result.Id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_'));
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{result.Rank:000}-{name}.png"), png, stop);
            drawn++;
        }

        Screen.Note($"{drawn} overlays in {folder}", quiet);
    }

    /// <summary>One overlay as PNG; null where the picture cannot be read or the model has no grid.</summary>
    public static async ValueTask<byte[]?> DrawAsync(
        OpenedEngine opened, string text, SearchResult result, string? pictures, CancellationToken stop)
    {
        if (result.Fields is null || !result.Fields.TryGetValue("path", out var path))
        {
            return null;
        }

        var file = Path.Combine(pictures ?? ".", path.ToString());
        if (!File.Exists(file))
        {
            return null;
        }

        var picture = PictureDecoder.Decode(await File.ReadAllBytesAsync(file, stop));
        return opened.Engine.Draw(await opened.Engine.ExplainAsync(new ExplainRequest(text, result.Id), picture, stop), picture);
    }
}
