using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>Counts what becomes of every picture, and files the dead letters.</summary>
internal sealed class JobReport(string source, DeadLetterWriter letters, TimeProvider time)
{
    private const int NamedPassedOver = 3;

    private readonly long _began = time.GetTimestamp();
    private readonly List<string> _passedOverNames = [];
    private long _indexed;
    private long _unchanged;
    private long _passedOver;

    /// <summary>Pictures the index acknowledged.</summary>
    public long Indexed => Interlocked.Read(ref _indexed);

    /// <summary>Pictures it held already.</summary>
    public long Unchanged => Interlocked.Read(ref _unchanged);

    /// <summary>Dead letters.</summary>
    public long Failed => letters.Count;

    /// <summary>Files that are no pictures.</summary>
    public long PassedOver => Interlocked.Read(ref _passedOver);

    /// <summary>Time since the job began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>Counts acknowledged pictures.</summary>
    public void AddIndexed(int count) => Interlocked.Add(ref _indexed, count);

    /// <summary>Counts unchanged pictures.</summary>
    public void AddUnchanged(int count) => Interlocked.Add(ref _unchanged, count);

    /// <summary>Counts a file that is no picture; called by the listing alone.</summary>
    public void AddPassedOver(string path)
    {
        if (_passedOver < NamedPassedOver)
        {
            _passedOverNames.Add(path);
        }

        Interlocked.Increment(ref _passedOver);
    }

    /// <summary>The note on files passed over; null without any.</summary>
    public string? PassedOverNote() => PassedOver == 0
        ? null
        : $"{PassedOver} names in '{source}' were passed over, because they are not called like pictures: "
            + string.Join(", ", _passedOverNames) + (PassedOver > NamedPassedOver ? ", …" : ".");

    /// <summary>Files a dead letter.</summary>
    public ValueTask FailAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        letters.AddAsync(letter, cancellationToken);

    /// <summary>Files a dead letter for a picture.</summary>
    public ValueTask FailAsync(PictureEntry entry, string code, string reason, CancellationToken cancellationToken) =>
        letters.AddAsync(
            new DeadLetter
            {
                Id = entry.Id,
                Path = entry.Path,
                Source = source,
                Line = entry.Line,
                Code = code,
                Reason = reason,
            },
            cancellationToken);
}
