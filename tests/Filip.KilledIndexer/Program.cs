using System.Globalization;
using Filip.Indexer.Embedded;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;
using Filip.KilledIndexer;
using Filip.Recall.Embedded;

// Indexes a folder into an embedded index until it is done, or until it kills itself a few moments after so many pictures were
// acknowledged: PICTURES INDEX DEAD-LETTERS [ACKNOWLEDGED MICROSECONDS].
var options = new IndexingOptions { DeadLetterFile = args[2], BatchSize = 4, Concurrency = 2, WriteBatch = 16 };
var end = args.Length > 4
    ? new SuddenEnd(int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture))
    : null;
end?.Count(0);
await using var sink = new TellingSink(
    new EmbeddedImageSink(EmbeddedIndex.Create(args[1], SmallTower.Stamp)), Console.Out, end);
var summary = await new IndexingJob(new FolderSource(args[0]), new SmallTower().Model, sink, options).RunAsync();
Console.WriteLine("done");
return Filip.Indexer.ExitCode.For(summary);
