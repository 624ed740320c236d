using System.Globalization;
using System.Threading.Channels;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>Reads the source: keeps this shard's pictures, each id once, and reports what is no picture.</summary>
internal sealed class Listing(IPictureSource source, Shard shard, JobReport report) : IDisposable
{
    /// <summary>Every id the source named, failures included.</summary>
    public SeenIds Seen { get; } = new();

    /// <summary>Lines and folders that may have named pictures we do not know of.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Works until the source ends, or until <paramref name="drain"/> is asked for; false in that case.</summary>
    public async Task<bool> RunAsync(
        ChannelWriter<PictureEntry> entries, CancellationToken drain, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain, abort);
        try
        {
            await foreach (var item in source.ReadAsync(either.Token))
            {
                await TakeAsync(item, entries, either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (drain.IsCancellationRequested && !abort.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Seen.Dispose();

    private async ValueTask TakeAsync(SourceItem item, ChannelWriter<PictureEntry> entries, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case SourceItem.PassedOver passed:
                report.AddPassedOver(passed.Path);
                break;
            case SourceItem.Refused { Letter: { Id: { } id } letter } when shard.Owns(id):
                Seen.Add(id, letter.Line ?? 0, out _);
                await report.FailAsync(letter, cancellationToken);
                break;
            case SourceItem.Refused { Letter: { Id: null } letter }:
                Unreadable++;
                if (shard.Number == 1)      // it belongs to nobody, and one of the jobs must say so
                {
                    await report.FailAsync(letter, cancellationToken);
                }

                break;
            case SourceItem.Named { Entry: var entry } when shard.Owns(entry.Id):
                if (Seen.Add(entry.Id, entry.Line ?? 0, out var firstLine))
                {
                    await entries.WriteAsync(entry, cancellationToken);
                }
                else
                {
                    await report.FailAsync(entry, DeadLetterCode.DuplicateId, Duplicate(entry, firstLine), cancellationToken);
                }

                break;
            default:
                break;                      // another shard's
        }
    }

    private static string Duplicate(PictureEntry entry, long firstLine) => entry.Line is { } line
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"The id '{entry.Id}' of line {line} was named before, on line {firstLine}; the first one counts. Give each picture an id of its own.")
        : $"The id '{entry.Id}' was named before; the first one counts. Give each picture an id of its own.";
}
