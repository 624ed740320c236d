using System.CommandLine;
using Filip.Cli.Terminal;
using Filip.Embeddings.Tokenizers;
using Filip.Indexer;

namespace Filip.Cli.Commands;

/// <summary><c>filip model tokenize</c>: ids of texts, by a tokenizer's own files.</summary>
internal static class TokenizeCommand
{
    private static readonly Option<string> s_kind = new("--tokenizer") { Description = "clip-bpe, wordpiece or words", Required = true };
    private static readonly Option<string> s_files = new("--files") { Description = "Folder with the tokenizer's files", Required = true, HelpName = "DIR" };
    private static readonly Option<string> s_texts = new("--texts") { Description = "Texts, one {\"text\":…} a line", Required = true, HelpName = "FILE.jsonl" };
    private static readonly Option<int> s_context = new("--context") { Description = "Most ids a text may have", DefaultValueFactory = _ => 77 };
    private static readonly Option<string?> s_vocabulary = new("--vocabulary") { Description = "Name of the vocabulary file in DIR, where there are several" };
    private static readonly Option<bool> s_cased = new("--cased") { Description = "wordpiece: keep upper case" };
    private static readonly Option<bool?> s_stripAccents = new("--strip-accents") { Description = "wordpiece: strip accents (default: where lower-cased)" };
    private static readonly Option<bool> s_noChinese = new("--no-chinese-chars") { Description = "wordpiece: do not split Chinese characters" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        s_kind.AcceptOnlyFromAmong("clip-bpe", "wordpiece", "words");
        var command = new Command("tokenize", "Print the ids of texts, one {\"ids\":[…]} a line")
        {
            s_kind, s_files, s_texts, s_context, s_vocabulary, s_cased, s_stripAccents, s_noChinese,
        }.WithGlobalOptions();
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var context = parsed.GetValue(s_context);
        if (context is < 2 or > 100_000)
        {
            throw new UsageException("--context is a number from 2 to 100000.");
        }

        var folder = parsed.GetValue(s_files)!;
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"'{folder}' is no folder.");
        }

        var tokenizer = TokenizerFactory.Load(Options(parsed, folder), folder);
        foreach (var text in TextLines.Read(parsed.GetValue(s_texts)!))
        {
            var ids = tokenizer.Encode(text, context).Ids;
            Screen.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("ids");
                foreach (var id in ids)
                {
                    json.WriteNumberValue(id);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }

        return ExitCode.Ok;
    }

    private static TokenizerOptions Options(ParseResult parsed, string folder)
    {
        var options = new TokenizerOptions
        {
            Kind = parsed.GetValue(s_kind) switch
            {
                "clip-bpe" => TokenizerKind.ClipBpe,
                "wordpiece" => TokenizerKind.WordPiece,
                _ => TokenizerKind.Words,
            },
            LowerCase = !parsed.GetValue(s_cased),
            StripAccents = parsed.GetValue(s_stripAccents),
            ChineseChars = !parsed.GetValue(s_noChinese),
        };
        string? Have(params string[] names) => names.FirstOrDefault(name => File.Exists(Path.Combine(folder, name)));
        return options.Kind switch
        {
            TokenizerKind.ClipBpe when Have("vocab.json") is { } vocabulary && Have("merges.txt") is { } merges =>
                options with { Vocabulary = vocabulary, Merges = merges },
            TokenizerKind.ClipBpe or TokenizerKind.WordPiece when parsed.GetValue(s_vocabulary) is null && Have("tokenizer.json") is { } whole =>
                options with { TokenizerJson = whole },
            _ => options with
            {
                Vocabulary = parsed.GetValue(s_vocabulary) ?? Have("vocab.txt", "vocab.json")
                    ?? throw new UsageException($"'{folder}' has neither vocab.txt, vocab.json nor tokenizer.json; name the file with --vocabulary."),
            },
        };
    }
}
