using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Filip.Cli.Commands;
using Spectre.Console;

namespace Filip.Cli.Terminal;

/// <summary>Results to stdout, notes and progress to stderr.</summary>
internal static class Screen
{
    private static readonly JsonWriterOptions s_json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for terminals and files, not for HTML
    };

    /// <summary>Where people's results go; plain when it is no terminal.</summary>
    public static IAnsiConsole Out { get; } = Make(Console.Out, Console.IsOutputRedirected);

    /// <summary>Where progress and notes go.</summary>
    public static IAnsiConsole Notes { get; } = Make(Console.Error, Console.IsErrorRedirected);

    /// <summary>Prints a value as one line of JSON.</summary>
    public static void WriteJson<T>(T value, JsonTypeInfo<T> shape)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            JsonSerializer.Serialize(json, value, shape);
        }

        WriteLine(buffer);
    }

    /// <summary>Prints what is written as one line of JSON.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            write(json);
        }

        WriteLine(buffer);
    }

    /// <summary>Prints a line of plain text to stdout.</summary>
    public static void WriteLine(string text) => Console.Out.WriteLine(text);

    /// <summary>A note for people on stderr; nothing when quiet.</summary>
    public static void Note(string text, bool quiet)
    {
        if (!quiet)
        {
            Console.Error.WriteLine(text);
        }
    }

    /// <summary>Prints findings, by the format asked for, and gives the exit code: 1 where one is an error.</summary>
    public static int Findings(IReadOnlyList<(string Level, string Code, string Message)> findings, OutputFormat format)
    {
        var ok = findings.All(finding => finding.Level != "error");
        if (format == OutputFormat.Text)
        {
            foreach (var (level, code, message) in findings)
            {
                var colour = level switch { "error" => "red", "warning" => "yellow", _ => "green" };
                Out.MarkupLine($"[{colour}]{Markup.Escape(level),-8}[/] {Markup.Escape(code)}: {Markup.Escape(message)}");
            }

            Out.MarkupLine(ok ? "[green]ok[/]" : "[red]not ok[/]");
        }
        else
        {
            WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("ok", ok);
                json.WriteStartArray("findings");
                foreach (var (level, code, message) in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("level", level);
                    json.WriteString("code", code);
                    json.WriteString("message", message);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }

        return ok ? 0 : 1;
    }

    private static void WriteLine(MemoryStream buffer)
    {
        buffer.WriteByte((byte)'\n');
        using var stdout = Console.OpenStandardOutput();
        buffer.Position = 0;
        buffer.CopyTo(stdout);
    }

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = 160; // a file or a pipe has no width; tables must not break by chance
        }

        return console;
    }
}
