using System.Runtime.InteropServices;

namespace Filip.Cli.Terminal;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to drain, the second to stop.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;

    /// <summary>Starts listening.</summary>
    public Signals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];

    /// <summary>Cancelled by the first signal: take no new work, finish what is in flight.</summary>
    public CancellationToken Drain => _drain.Token;

    /// <summary>Cancelled by the second signal, or by the first where nobody drains.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether the verb that runs drains on the first signal; otherwise the first one stops.</summary>
    public bool Drains { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _drain.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested)
        {
            return; // the third: let the system end us
        }

        context.Cancel = true;
        if (Drains && !_drain.IsCancellationRequested)
        {
            Console.Error.WriteLine("filip: finishing what is in flight; once more to stop at once.");
            _drain.Cancel();
            return;
        }

        _drain.Cancel();
        _stop.Cancel();
    }
}
