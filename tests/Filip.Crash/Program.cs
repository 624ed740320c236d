using System.Globalization;
using Filip.Crash;
using Filip.Recall.Embedded;

// Filip.Crash FOLDER FIRST COUNT [MILESTONE OCCURRENCE]: writes pictures FIRST to FIRST + COUNT - 1, prints "ack NUMBER" for each one
// acknowledged, and dies at that occurrence of that milestone, as a process does that is killed there: no handler runs.
// Filip.Crash elastic URL FIRST COUNT: the same into an index on Elasticsearch; somebody else does the killing.
if (args[0] == "elastic")
{
    await ElasticWriter.RunAsync(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
    return;
}

var folder = args[0];
var first = int.Parse(args[1], CultureInfo.InvariantCulture);
var count = int.Parse(args[2], CultureInfo.InvariantCulture);
var milestone = args.Length > 3 ? args[3] : null;
var occurrences = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 1;

await using var writer = EmbeddedIndex.Create(folder, CrashPictures.Stamp, new EmbeddedIndexOptions { SegmentBytes = 64 << 10 });
writer.Milestone = reached =>
{
    if (reached == milestone && --occurrences == 0)
    {
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
};
var random = new Random(first);
for (var next = first; next < first + count;)
{
    var size = Math.Min(random.Next(1, 6), first + count - next);
    var pictures = Enumerable.Range(next, size).Select(CrashPictures.Make).ToArray();
    await writer.WriteAsync(pictures, CancellationToken.None);
    foreach (var picture in pictures)
    {
        Console.WriteLine($"ack {picture.ContentHash}");
    }

    Console.Out.Flush();
    next += size;
    if (random.Next(12) == 0)
    {
        await writer.CompactAsync(CancellationToken.None);
    }
}

await writer.CompleteAsync(CancellationToken.None);
Console.WriteLine("complete");
