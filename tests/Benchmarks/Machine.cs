using System.Runtime.InteropServices;

namespace Filip.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{model ?? "unknown processor"} ({Signature()}), {Environment.ProcessorCount} processors, {RuntimeInformation.RuntimeIdentifier}, "
            + RuntimeInformation.FrameworkDescription;
    }

    private static string Signature()
    {
        if (!System.Runtime.Intrinsics.X86.X86Base.IsSupported)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        var signature = System.Runtime.Intrinsics.X86.X86Base.CpuId(1, 0).Eax;
        var family = ((signature >> 8) & 15) + ((signature >> 20) & 255);
        var model = ((signature >> 4) & 15) | ((signature >> 12) & 240);
        return $"family {family}, model {model}";
    }
}
