using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Pictures;
using Filip.Indexer;
using Filip.Indexer.Sources;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Relevance;
using Filip.Rerank.Search;

namespace Filip.Cli.Terminal;

/// <summary>How a failure ends the program: one sentence and an exit code, never a stack trace.</summary>
/// <param name="Sentence">What was found, what was expected, what to do.</param>
/// <param name="ExitCode">See <see cref="Indexer.ExitCode"/>.</param>
internal sealed record Failure(string Sentence, int ExitCode)
{
    /// <summary>The failure that an exception stands for. Set FILIP_DEBUG to see where it came from.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="signals">Whether somebody asked to stop.</param>
    public static Failure? Describe(Exception error, Signals signals)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FILIP_DEBUG")))
        {
            Console.Error.WriteLine(error);
        }

        return error switch
        {
            OperationCanceledException when signals.Stop.IsCancellationRequested =>
                new("stopped. What was acknowledged is kept; run the same command again to go on.", Indexer.ExitCode.Failure),
            _ when Indexer.ExitCode.IsDiskFull(error) => new($"the disk is full: {OneLine(error.Message)}", Indexer.ExitCode.Disk),
            UsageException or SourceRefusedException or SearchRefusedException or FormatException or PictureRefusedException
                or RelevanceFileException or IndexNotFoundException or FileNotFoundException or DirectoryNotFoundException
                or StampMismatchException or LayoutRefusedException => new(OneLine(error.Message), Indexer.ExitCode.Usage),
            ElasticException { Failure: ElasticFailure.DiskFull } => new(OneLine(error.Message), Indexer.ExitCode.Disk),
            SinkUnavailableException { InnerException: ElasticException { Failure: ElasticFailure.DiskFull } } =>
                new(OneLine(error.Message), Indexer.ExitCode.Disk),
            SinkUnavailableException or SourceUnavailableException or StageOneUnavailableException or ElasticException or HttpRequestException =>
                new(OneLine(error.Message), Indexer.ExitCode.DependencyDown),
            ArgumentException or InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException
                or JsonException or NotSupportedException => new(OneLine(error.Message), Indexer.ExitCode.Failure),
            _ => new($"{error.GetType().Name}: {OneLine(error.Message)} (FILIP_DEBUG=1 shows where).", Indexer.ExitCode.Failure),
        };
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
