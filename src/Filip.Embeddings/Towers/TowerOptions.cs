namespace Filip.Embeddings.Towers;

/// <summary>How a tower is run.</summary>
public sealed record TowerOptions
{
    /// <summary>Where the tower runs.</summary>
    /// <value>The default is <see cref="TowerDevice.Auto"/>.</value>
    public TowerDevice Device { get; init; } = TowerDevice.Auto;

    /// <summary>Threads inside one run, 0 to 1024; 0 lets ONNX Runtime take every core.</summary>
    /// <value>The default is 1: several callers of one session with one thread each give the most pictures a second.</value>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Runs at the same time, 1 to 1024; further callers wait their turn.</summary>
    /// <value>The default is the number of processors.</value>
    public int Callers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, MostThreads);

    /// <summary>Whether idle threads of a run spin rather than sleep.</summary>
    /// <value>The default is false: spinning takes processor time from decoding and gains little.</value>
    public bool Spinning { get; init; }

    /// <summary>Most threads and callers.</summary>
    public const int MostThreads = 1024;

    /// <summary>Refuses values outside their range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Device))
        {
            throw new ArgumentOutOfRangeException(nameof(Device), Device, "The device is auto, cpu or cuda.");
        }

        if (IntraOpThreads is < 0 or > MostThreads)
        {
            throw new ArgumentOutOfRangeException(
                nameof(IntraOpThreads), IntraOpThreads, $"Threads inside one run are 0 (all cores) to {MostThreads}.");
        }

        if (Callers is < 1 or > MostThreads)
        {
            throw new ArgumentOutOfRangeException(nameof(Callers), Callers, $"Runs at the same time are 1 to {MostThreads}.");
        }
    }
}

/// <summary>Where a tower runs.</summary>
public enum TowerDevice
{
    /// <summary>CUDA where it can be had, else the processor; which one, and why, is said by the tower.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>CUDA or an error.</summary>
    Cuda,
}
