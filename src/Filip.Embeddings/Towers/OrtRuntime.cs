using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>ONNX Runtime's one environment a process, with its log kept rather than written to the terminal.</summary>
/// <remarks>Why CUDA cannot be had stands in the log only; the exception carries no more than a code.</remarks>
internal static class OrtRuntime
{
    private const int MostKept = 32;
    private static readonly Queue<string> s_log = new();

    // ONNX Runtime keeps only a pointer to it, so it must live as long as the process.
    private static readonly DOrtLoggingFunction s_keep = Keep;
    private static readonly Lazy<string?> s_environment = new(Create);

    /// <summary>Makes the environment, before any session; says null, or why our settings did not take.</summary>
    public static string? Ensure() => s_environment.Value;

    /// <summary>The log's newest line that holds a word, or null.</summary>
    public static string? LastLogLine(string word)
    {
        lock (s_log)
        {
            return s_log.LastOrDefault(line => line.Contains(word, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static string? Create()
    {
        var options = new EnvironmentCreationOptions
        {
            logId = "filip",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            loggingFunction = s_keep,
        };
        try
        {
            OrtEnv.CreateInstanceWithOptions(ref options);
            return null;
        }
        catch (OnnxRuntimeException fault)
        {
            // A host made the environment first: its log settings stand, everything else works.
            return fault.Message;
        }
    }

    private static void Keep(
        IntPtr param, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message)
    {
        lock (s_log)
        {
            if (s_log.Count == MostKept)
            {
                s_log.Dequeue();
            }

            s_log.Enqueue(message);
        }
    }
}
