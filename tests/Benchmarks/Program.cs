using Filip.Benchmarks.Kernels;

// One verb a benchmark; each prints a table and, with --out FILE, writes it.
return args switch
{
    ["kernels", .. var options] => KernelBenchmark.Run(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Filip.Benchmarks kernels [--rounds 15] [--shapes A,B,C,D] [--clock wall|cpu] [--out FILE.md]   (build with -c Release)");
    return 2;
}
