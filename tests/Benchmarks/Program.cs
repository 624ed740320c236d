using Filip.Benchmarks.DropIn;
using Filip.Benchmarks.Elastic;
using Filip.Benchmarks.Indexing;
using Filip.Benchmarks.Kernels;
using Filip.Benchmarks.Nested;
using Filip.Benchmarks.Search;

// One verb a benchmark; each prints a table and, with --out FILE, writes it.
return args switch
{
    ["kernels", .. var options] => KernelBenchmark.Run(options),
    ["index", .. var options] => await IndexBenchmark.RunAsync(options),
    ["elastic", .. var options] => await ElasticBenchmark.RunAsync(options),
    ["search", .. var options] => await SearchBenchmark.RunAsync(options),
    ["service", .. var options] => await ServiceBenchmark.RunAsync(options),
    ["dropin", .. var options] => await DropInBenchmark.RunAsync(options),
    ["nested", .. var options] => await NestedBenchmark.RunAsync(options),
    ["centroids", .. var options] => await CentroidExperiment.RunAsync(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage (build with -c Release): Filip.Benchmarks
          kernels [--rounds 15] [--shapes A,B,C,D] [--clock wall|cpu] [--out FILE.md]
          index   [--pictures 10000] [--rounds 10] [--concurrency N]
          elastic [--url URL] [--docs 20000] [--rounds 3] [--rows 144] [--dimension 64] [--pooled 128] [--out FILE.md]
          search  [--pictures 2000] [--searches 200] [--model DIR]
          service [--url URL] [--docs 20000] [--searches 300] [--model DIR] [--out FILE.md]
          nested  [--url URL] [--every 8] [--vector-index int8_hnsw] [--kinds single,centroids:8] [--model DIR] [--out FILE.md]
          centroids [--every 4] [--kinds grid:4,centroids:8] [--model DIR] [--out FILE.md]
          dropin  [--url URL] [--docs 2000] [--searches 300] [--model DIR] [--out FILE.md]
        """);
    return 2;
}
