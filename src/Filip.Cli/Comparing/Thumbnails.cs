using Filip.Cli.Terminal;
using Filip.Embeddings.Pictures;
using Filip.Recall;

namespace Filip.Cli.Comparing;

/// <summary>Small pictures for pages.</summary>
internal static class Thumbnails
{
    private static readonly string[] s_extensions = ["", ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    /// <summary>Reads the pictures that can be found: by the path that the index knows, else as <c>DIR/ID</c> with a usual ending.</summary>
    /// <param name="ids">Which.</param>
    /// <param name="fields">What the index knows of them.</param>
    /// <param name="folders">Folders that paths may start from, looked through in this order.</param>
    /// <param name="side">Longest side in pixels.</param>
    /// <param name="stop">Ends the call.</param>
    public static async ValueTask<IReadOnlyDictionary<string, byte[]>> LoadAsync(
        IReadOnlyList<string> ids, IReadOnlyDictionary<string, PictureFields> fields, IReadOnlyList<string> folders, int side, CancellationToken stop)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var path = fields.GetValueOrDefault(id)?.Path;
            if (folders.Select(folder => File(id, path, folder)).FirstOrDefault(place => place is not null) is not { } file)
            {
                continue;
            }

            try
            {
                found[id] = PictureWriter.JpegThumbnail(PictureDecoder.Decode(await System.IO.File.ReadAllBytesAsync(file, stop)), side);
            }
            catch (PictureRefusedException refused)
            {
                // One picture that cannot be drawn costs its own place on the page.
                Screen.Note($"filip: '{file}' is not shown: {refused.Message}", quiet: false);
            }
        }

        return found;
    }

    private static string? File(string id, string? path, string folder)
    {
        if (path is not null && Path.Combine(folder, path) is var named && System.IO.File.Exists(named))
        {
            return named;
        }

        // An id is no path: one that leads out of the folder finds nothing.
        return id.Contains("..", StringComparison.Ordinal) || Path.IsPathRooted(id)
            ? null
            : s_extensions.Select(extension => Path.Combine(folder, id + extension)).FirstOrDefault(System.IO.File.Exists);
    }
}
