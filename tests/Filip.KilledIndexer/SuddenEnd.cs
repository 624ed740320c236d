using System.Diagnostics;

namespace Filip.KilledIndexer;

/// <summary>Kills this process as <c>kill -9</c> does: no handler runs, no buffer is written.</summary>
/// <remarks>From inside, so that the moment hangs on what the job has done and not on how busy the machine is.</remarks>
internal sealed class SuddenEnd(int acknowledged, int microseconds)
{
    private int _count;
    private int _begun;

    /// <summary>Counts acknowledged pictures; at the given number a thread of its own waits and kills.</summary>
    public void Count(int pictures)
    {
        if (Interlocked.Add(ref _count, pictures) >= acknowledged && Interlocked.Exchange(ref _begun, 1) == 0)
        {
            new Thread(() =>
            {
                Thread.Sleep(TimeSpan.FromMicroseconds(microseconds));
                Process.GetCurrentProcess().Kill();
            }).Start();
        }
    }
}
