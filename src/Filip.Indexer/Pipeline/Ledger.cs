using System.Threading.Channels;

namespace Filip.Indexer.Pipeline;

/// <summary>Asks the index, which is the ledger, what it holds already, and lets the others through.</summary>
internal static class Ledger
{
    /// <summary>Pictures asked about at once. What is there is asked about; nobody waits for a question to fill up.</summary>
    private const int MostAtOnce = 256;

    /// <summary>Works until there are no more pictures.</summary>
    public static async Task FilterAsync(
        ChannelReader<LoadedPicture> loaded,
        ChannelWriter<LoadedPicture> changed,
        IImageSink sink,
        JobReport report,
        CancellationToken cancellationToken)
    {
        var batch = new List<LoadedPicture>(MostAtOnce);
        while (await loaded.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < MostAtOnce && loaded.TryRead(out var picture))
            {
                batch.Add(picture);
            }

            var held = await sink.GetContentHashesAsync(batch.ConvertAll(picture => picture.Entry.Id), cancellationToken);
            var unchanged = 0;
            foreach (var picture in batch)
            {
                if (held.TryGetValue(picture.Entry.Id, out var hash) && hash == picture.ContentHash)
                {
                    unchanged++;
                    picture.Dispose();
                }
                else
                {
                    await changed.WriteAsync(picture, cancellationToken);
                }
            }

            report.AddUnchanged(unchanged);
            batch.Clear();
        }
    }
}
