using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>A copy of a model folder that a test may write to; gone at the end.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public ScratchFolder(params IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            File.WriteAllBytes(this[System.IO.Path.GetFileName(file)], File.ReadAllBytes(file));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("filip-model-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What the demo model's export does not say in files of its own.</summary>
    public static ModelInitOptions DemoOptions => new()
    {
        Id = "filip-demo-scenes",
        Licence = "this project's own",
        Preprocessing = new()
        {
            Width = 96,
            Height = 96,
            Resize = ResizeMode.Squash,
            Filter = ResizeFilter.Bicubic,
            Mean = [0.5, 0.5, 0.5],
            Std = [0.25, 0.25, 0.25],
        },
        Tokenizer = new() { Kind = TokenizerKind.Words, Vocabulary = "vocab.txt" },
        Context = 32,
    };

    /// <summary>The demo model without or with its manifest.</summary>
    public static ScratchFolder Demo(bool manifest = true) => new(
        new[] { "image.onnx", "text.onnx", "vocab.txt" }.Concat(manifest ? [ModelManifest.FileName] : [])
            .Select(name => System.IO.Path.Combine(GoldenFiles.Models, name)));

    /// <summary>A trial's model: of the full set, else the committed copy.</summary>
    public static ScratchFolder Trial(string name) => new(Directory.GetFiles(System.IO.Path.Combine(TrialFolder(name), "model")));

    public static string TrialFolder(string name)
    {
        var full = GoldenFiles.Trials is { } trials ? System.IO.Path.Combine(trials, name) : null;
        return full is not null && Directory.Exists(full) ? full : System.IO.Path.Combine(GoldenFiles.Committed, "trials", name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
