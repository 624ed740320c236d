namespace Filip.Cli.Terminal;

/// <summary>What the program's exit code says to a script.</summary>
internal static class ExitCodes
{
    /// <summary>All done.</summary>
    public const int Ok = 0;

    /// <summary>It failed, or a check found something wrong.</summary>
    public const int Failure = 1;

    /// <summary>The command line, or a file it names, is not right.</summary>
    public const int Usage = 2;

    /// <summary>Finished, but some items are in the dead-letter file.</summary>
    public const int DeadLetters = 3;

    /// <summary>Something it depends on is down.</summary>
    public const int DependencyDown = 4;

    /// <summary>The disk is full or cannot be written.</summary>
    public const int Disk = 5;
}
