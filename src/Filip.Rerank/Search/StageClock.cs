namespace Filip.Rerank.Search;

/// <summary>One request's time: what is left of it, and what each stage took.</summary>
/// <param name="time">The clock.</param>
/// <param name="deadline">Time for the whole answer.</param>
internal sealed class StageClock(TimeProvider time, TimeSpan deadline)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The clock itself.</summary>
    public TimeProvider Time => time;

    /// <summary>Time left; negative when it is over.</summary>
    public TimeSpan Left => deadline - time.GetElapsedTime(_start);

    /// <summary>Time since the request began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>What encoding took.</summary>
    public TimeSpan Encode { get; set; }

    /// <summary>What stage one took.</summary>
    public TimeSpan Recall { get; set; }

    /// <summary>What fetching patch records took.</summary>
    public TimeSpan Fetch { get; set; }

    /// <summary>What late interaction took.</summary>
    public TimeSpan Score { get; set; }

    /// <summary>All of it in milliseconds, to the microsecond.</summary>
    public StageTimings Read() => new(
        Milliseconds(Encode), Milliseconds(Recall), Milliseconds(Fetch), Milliseconds(Score), Milliseconds(Elapsed));

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}
