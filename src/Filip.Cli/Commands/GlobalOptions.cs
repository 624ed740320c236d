using System.CommandLine;

namespace Filip.Cli.Commands;

/// <summary>The options every verb understands, each made once and shared.</summary>
internal static class GlobalOptions
{
    /// <summary>The model folder.</summary>
    public static Option<string?> Model { get; } = new("--model")
    {
        Description = "The model folder (default: models/ beside the program's checkout, or FILIP_MODEL)",
        HelpName = "DIR",
    };

    /// <summary>How results are printed.</summary>
    public static Option<OutputFormat> Output { get; } = new("--output")
    {
        Description = "How results are printed to stdout: text, json or jsonl",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    /// <summary>No progress, no notes.</summary>
    public static Option<bool> Quiet { get; } = new("--quiet") { Description = "Neither progress nor notes on stderr" };

    /// <summary>Where the towers run.</summary>
    public static Option<DeviceChoice> Device { get; } = new("--device")
    {
        Description = "Where the towers run: auto, cpu or cuda",
        DefaultValueFactory = _ => DeviceChoice.Auto,
    };

    /// <summary>Threads for decoding and for the tower.</summary>
    public static Option<int?> Concurrency { get; } = new("--concurrency")
    {
        Description = "How much is done side by side (default: one a processor)",
        HelpName = "N",
    };

    static GlobalOptions()
    {
        Concurrency.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 1024)
            {
                result.AddError("--concurrency is a number from 1 to 1024.");
            }
        });
    }

    /// <summary>Adds all of them to a verb.</summary>
    /// <param name="command">The verb.</param>
    public static Command WithGlobalOptions(this Command command)
    {
        command.Options.Add(Model);
        command.Options.Add(Output);
        command.Options.Add(Quiet);
        command.Options.Add(Device);
        command.Options.Add(Concurrency);
        return command;
    }
}

/// <summary>How results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    Jsonl,
}

/// <summary>Where the towers run.</summary>
internal enum DeviceChoice
{
    /// <summary>CUDA where it can be had, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>CUDA, or an error.</summary>
    Cuda,
}
