using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>One open ONNX file: its signature, the device it runs on, and runs over memory of the caller.</summary>
internal sealed class TowerSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _file;

    private TowerSession(InferenceSession session, string file, string provider, string? notice)
    {
        _session = session;
        _file = file;
        ExecutionProvider = provider;
        Notice = notice;
        Signature = TowerSignature.Of(session);
    }

    /// <summary>What the file says of itself.</summary>
    public TowerSignature Signature { get; }

    /// <summary><c>CPU</c> or <c>CUDA</c>.</summary>
    public string ExecutionProvider { get; }

    /// <summary>One sentence on why the device is another than was wished for, or null.</summary>
    public string? Notice { get; }

    /// <summary>Opens a file on the device the options name.</summary>
    /// <exception cref="InvalidDataException">The file is no model that this ONNX Runtime reads.</exception>
    /// <exception cref="NotSupportedException">CUDA was asked for and cannot be had; the message says why.</exception>
    public static TowerSession Open(string path, TowerOptions options)
    {
        options.Validate();
        OrtRuntime.Ensure();
        if (options.Device == TowerDevice.Cpu)
        {
            return OpenOnProcessor(path, options, null);
        }

        var reason = TryOpenOnCuda(path, options, out var session);
        if (session is not null)
        {
            return new TowerSession(session, Path.GetFileName(path), "CUDA", null);
        }

        return options.Device == TowerDevice.Auto
            ? OpenOnProcessor(path, options, $"The towers run on the processor: CUDA cannot be had ({reason}).")
            : throw new NotSupportedException(
                $"CUDA was asked for and cannot be had: {reason}. Use the device 'cpu' or 'auto', or install what is missing.");
    }

    /// <summary>Runs the tower; inputs and outputs are the caller's memory, so a run allocates next to nothing.</summary>
    /// <exception cref="InvalidDataException">The tower answered in another shape than its manifest says, or failed.</exception>
    public void Run(
        IReadOnlyList<string> inputNames, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames, IReadOnlyList<OrtValue> outputs)
    {
        try
        {
            _session.Run(_run, inputNames, inputs, outputNames, outputs);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidDataException(
                $"'{_file}' failed on inputs of the shape its manifest names: {OneLine(fault.Message)}. "
                + "Run 'filip model check' on the folder.", fault);
        }
    }

    /// <summary>Runs once and lets the tower say how large its answer is; for <c>model init</c>, where no manifest says it yet.</summary>
    /// <exception cref="InvalidDataException">The tower failed on these inputs.</exception>
    public IReadOnlyList<(int[] Shape, float[] Values)> Explore(
        IReadOnlyList<string> inputNames, IReadOnlyList<OrtValue> inputs, IReadOnlyList<string> outputNames)
    {
        try
        {
            using var answers = _session.Run(_run, inputNames, inputs, outputNames);
            return [.. answers.Select(answer => (
                answer.GetTensorTypeAndShape().Shape.Select(side => (int)side).ToArray(),
                answer.GetTensorDataAsSpan<float>().ToArray()))];
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidDataException($"'{_file}' failed on a first input: {OneLine(fault.Message)}.", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private static string? TryOpenOnCuda(string path, TowerOptions options, out InferenceSession? session)
    {
        session = null;
        using var settings = Settings(options);
        try
        {
            // GetAvailableProviders lists CUDA on machines without it, so trying is the only way to know.
            settings.AppendExecutionProvider_CUDA(0);
        }
        catch (Exception fault) when (fault is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return CudaReason(fault);
        }

        try
        {
            session = new InferenceSession(path, settings);
            return null;
        }
        catch (OnnxRuntimeException fault) when (fault.Message.Contains("cuda", StringComparison.OrdinalIgnoreCase))
        {
            return CudaReason(fault);
        }
        catch (OnnxRuntimeException fault)
        {
            throw Unreadable(path, fault);
        }
    }

    private static TowerSession OpenOnProcessor(string path, TowerOptions options, string? notice)
    {
        using var settings = Settings(options);
        try
        {
            return new TowerSession(new InferenceSession(path, settings), Path.GetFileName(path), "CPU", notice);
        }
        catch (OnnxRuntimeException fault)
        {
            throw Unreadable(path, fault);
        }
    }

    private static SessionOptions Settings(TowerOptions options)
    {
        var settings = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        var spinning = options.Spinning ? "1" : "0";
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", spinning);
        settings.AddSessionConfigEntry("session.inter_op.allow_spinning", spinning);
        return settings;
    }

    private static string CudaReason(Exception fault)
    {
        var logged = OrtRuntime.LastLogLine("Failed to load library") ?? OrtRuntime.LastLogLine("cuda");
        var line = OneLine(logged ?? fault.Message);

        // Before the cause stand a place in ONNX Runtime's source and the path of its own library: of no use to a user.
        foreach (var before in (string[])[" with error: ", "FAIL : "])
        {
            if (line.IndexOf(before, StringComparison.Ordinal) is >= 0 and var at)
            {
                return line[(at + before.Length)..];
            }
        }

        return line;
    }

    private static InvalidDataException Unreadable(string path, OnnxRuntimeException fault) => new(
        $"'{Path.GetFileName(path)}' is no model that ONNX Runtime reads: {OneLine(fault.Message)}. Export or copy it again.", fault);

    private static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length > 400 ? line[..400] + "…" : line.TrimEnd('.');
    }
}
