using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Indexer;

/// <summary>Exit codes of the command line. Scripts rely on them.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Not done: a failure, a refusal of the index, or a job that was told to stop.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: an option, or a file that is not there.</summary>
    public const int Usage = 2;

    /// <summary>Done, with dead letters.</summary>
    public const int DeadLetters = 3;

    /// <summary>Something we depend on is down; run again when it is up.</summary>
    public const int DependencyDown = 4;

    /// <summary>A disk is full.</summary>
    public const int Disk = 5;

    // errno ENOSPC and EDQUOT on Linux and macOS; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static readonly int[] s_diskFull = OperatingSystem.IsWindows()
        ? [unchecked((int)0x80070070), unchecked((int)0x80070027)]
        : [28, 122, 69];

    /// <summary>The code of a job that came to its end.</summary>
    /// <param name="summary">What it did.</param>
    public static int For(IndexingSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary switch { { Drained: true } => Failure, { Failed: > 0 } => DeadLetters, _ => Ok };
    }

    /// <summary>The code of a job that ended by an exception.</summary>
    /// <param name="exception">The exception.</param>
    public static int For(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            _ when IsDiskFull(exception) => Disk,
            SinkUnavailableException or SourceUnavailableException => DependencyDown,
            SourceRefusedException => Usage,
            _ => Failure,
        };
    }

    /// <summary>Whether a full disk is the cause, at any depth.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsDiskFull(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException && s_diskFull.Contains(cause.HResult))
            {
                return true;
            }
        }

        return false;
    }
}
