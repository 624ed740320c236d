using Filip.Indexer.Embedded;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;
using Filip.KilledIndexer;
using Filip.Recall.Embedded;

// Indexes a folder into an embedded index until it is done or killed: PICTURES INDEX DEAD-LETTERS.
var options = new IndexingOptions { DeadLetterFile = args[2], BatchSize = 4, Concurrency = 2, WriteBatch = 16 };
await using var sink = new TellingSink(new EmbeddedImageSink(EmbeddedIndex.Create(args[1], SmallTower.Stamp)), Console.Out);
var summary = await new IndexingJob(new FolderSource(args[0]), new SmallTower().Model, sink, options).RunAsync();
Console.WriteLine("done");
return Filip.Indexer.ExitCode.For(summary);
