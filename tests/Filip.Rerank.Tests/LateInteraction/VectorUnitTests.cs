using System.Diagnostics;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>Runs the kernel tests again in a process of their own with vector units switched off.</summary>
public sealed class VectorUnitTests
{
    /// <summary>Says to the inner run which units must be off: <c>avx512</c>, <c>avx2</c> or <c>all</c>.</summary>
    public const string ExpectVariable = "FILIP_EXPECT_OFF";

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "avx512")]
    [InlineData("DOTNET_EnableAVX2", "avx2")]
    [InlineData("DOTNET_EnableHWIntrinsic", "all")]
    public async Task Kernels_agree_with_the_definition_with_units_off(string variable, string off)
    {
        Assert.SkipWhen(
            off == "avx512" && !System.Runtime.Intrinsics.X86.Avx2.IsSupported, "No wide vector units here to switch off.");
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(VectorUnitTests).Assembly.Location);
        }

        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(KernelTests).FullName!);
        start.Environment[variable] = "0";
        start.Environment[ExpectVariable] = off;
        start.Environment["FILIP_FUZZ"] = "5";
        using var inner = Process.Start(start)!;
        var errors = inner.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await inner.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await inner.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(inner.ExitCode == 0, output + await errors);

        // A filter that matches nothing also ends well: the inner run must have proved its switch.
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
    }
}
