using System.Globalization;
using System.Text;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Benchmarks.Kernels;

/// <summary>Every kernel this processor runs, on one thread, beside its peers and the read floor.</summary>
internal static class KernelBenchmark
{
    private static double s_sink;

    public static int Run(string[] options)
    {
        var rounds = int.Parse(Option(options, "--rounds") ?? "15", CultureInfo.InvariantCulture);
        var names = (Option(options, "--shapes") ?? "A,B,C,D").Split(',');
        var processorTime = Option(options, "--clock") is "cpu";
        var report = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"# Kernels, one thread: {Machine.Describe()}\n\n")
            .Append(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project tests/Benchmarks -- kernels {string.Join(' ', options)}`\n")
            .Append(CultureInfo.InvariantCulture, $"{rounds} interleaved rounds; {(processorTime ? "processor time of the process" : "wall time")}.\n")
            .Append("Times are for one query over all pictures; ratios are to `TensorPrimitives.Dot` a pair, of medians and of minima.\n");
        foreach (var shape in Shape.All.Where(shape => names.Contains(shape.Name)))
        {
            Measure(shape, rounds, processorTime, report);
            GC.Collect();
        }

        Console.Write(report);
        if (Option(options, "--out") is { } file)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            File.WriteAllText(file, report.ToString());
        }

        return 0;
    }

    private static void Measure(Shape shape, int rounds, bool processorTime, StringBuilder report)
    {
        var tokens = shape.Rows(99, shape.Tokens);
        var records = Enum.GetValues<PatchCodec>().ToDictionary(codec => codec, shape.Records);
        List<PreparedQuery> queries = [];
        List<Arm> arms =
        [
            new("TensorPrimitives.Dot a pair, f32", () => s_sink += Peers.DotPerPair(tokens, records[PatchCodec.F32]), Bytes(records[PatchCodec.F32])),
        ];
        foreach (var kernel in LateInteractionKernel.All.Where(kernel => kernel.IsSupported && kernel.Name != "plain"))
        {
            foreach (var (codec, list) in records)
            {
                var query = PreparedQuery.Create([new(tokens)], ScoringContract.FilipT2I, kernel);
                queries.Add(query);
                arms.Add(Scoring($"{kernel}, {codec.ToString().ToLowerInvariant()}", query, list));
            }
        }

        // Candidates in the order stage one found them lie anywhere in the file.
        var shuffled = records[PatchCodec.Int8].ToArray();
        new Random(1).Shuffle(shuffled);
        arms.Add(Scoring($"{LateInteractionKernel.Best}, int8, random order", queries[2], shuffled));
        var both = PreparedQuery.Create(tokens, ScoringContract.FilipMean);
        queries.Add(both);
        arms.Add(Scoring($"{LateInteractionKernel.Best}, int8, filip-mean (both directions)", both, records[PatchCodec.Int8]));
        foreach (var (codec, list) in records)
        {
            arms.Add(new($"read floor, {codec.ToString().ToLowerInvariant()}", () => s_sink += Peers.Read(list), Bytes(list)));
        }

        Write(shape, Arms.Interleave(arms, rounds, processorTime), report);
        queries.ForEach(query => query.Dispose());
    }

    private static Arm Scoring(string name, PreparedQuery query, ReadOnlyMemory<byte>[] records)
    {
        LateInteractionScorer scorer = new(new() { MaxParallelism = 1 });
        var scores = new double[records.Length];
        var statuses = new CandidateStatus[records.Length];
        return new(
            name,
            () =>
            {
                if (scorer.Score(query, records, scores, statuses, CancellationToken.None) != records.Length)
                {
                    throw new InvalidOperationException("A candidate was not scored: the figure would be wrong.");
                }
            },
            Bytes(records));
    }

    private static void Write(Shape shape, IReadOnlyList<ArmTimes> times, StringBuilder report)
    {
        report.Append(
            CultureInfo.InvariantCulture,
            $"\n## Shape {shape.Name}: {shape.Pictures} pictures × {shape.Patches} patches × {shape.Dimension}, {shape.Tokens} tokens\n\n")
            .Append("| arm | median ms | least ms | GMAC/s | GB/s | × (medians) | × (minima) |\n|---|---:|---:|---:|---:|---:|---:|\n");
        foreach (var arm in times)
        {
            var scores = !arm.Arm.Name.StartsWith("read", StringComparison.Ordinal);
            var work = scores ? (shape.Work / arm.Median / 1e6).ToString("F1", CultureInfo.InvariantCulture) : "";
            report.Append(
                CultureInfo.InvariantCulture,
                $"| {arm.Arm.Name} | {arm.Median:F2} | {arm.Least:F2} | {work} | {arm.Arm.Bytes / arm.Median / 1e6:F1} | ")
                .Append(
                    CultureInfo.InvariantCulture, $"{times[0].Median / arm.Median:F2} | {times[0].Least / arm.Least:F2} |\n");
        }
    }

    private static long Bytes(ReadOnlyMemory<byte>[] records) => records.Sum(record => (long)record.Length);

    private static string? Option(string[] options, string name)
    {
        var place = Array.IndexOf(options, name);
        return place >= 0 && place + 1 < options.Length ? options[place + 1] : null;
    }
}
