using System.Diagnostics;

namespace Filip.Benchmarks;

/// <summary>One way of doing the same work.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Run">Does the work once.</param>
/// <param name="Bytes">Bytes it has to read.</param>
internal sealed record Arm(string Name, Action Run, long Bytes);

/// <summary>An arm's times.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Milliseconds">One a round, rising.</param>
internal sealed record ArmTimes(Arm Arm, double[] Milliseconds)
{
    public double Least => Milliseconds[0];

    public double Median => Milliseconds[Milliseconds.Length / 2];
}

/// <summary>Runs arms turn by turn in one process: a noisy machine is noisy for all of them, and only ratios of one run count.</summary>
internal static class Arms
{
    /// <param name="arms">What to compare.</param>
    /// <param name="rounds">Turns of each.</param>
    /// <param name="processorTime">Counts this process' processor time instead of the wall's: where other work shares the processors.</param>
    public static IReadOnlyList<ArmTimes> Interleave(IReadOnlyList<Arm> arms, int rounds, bool processorTime)
    {
        Func<double> clock = processorTime
            ? () => Environment.CpuUsage.TotalTime.TotalMilliseconds
            : () => Stopwatch.GetElapsedTime(0).TotalMilliseconds;
        foreach (var arm in arms)
        {
            arm.Run();
            arm.Run();
        }

        var times = arms.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < arms.Count; i++)
            {
                // Another arm goes first each round: none always follows the same neighbour's cache.
                var arm = (i + round) % arms.Count;
                var start = clock();
                arms[arm].Run();
                times[arm][round] = clock() - start;
            }
        }

        foreach (var list in times)
        {
            Array.Sort(list);
        }

        return [.. arms.Select((arm, i) => new ArmTimes(arm, times[i]))];
    }
}
