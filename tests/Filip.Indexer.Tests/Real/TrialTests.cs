using Filip.Indexer.Pipeline;
using Filip.Indexer.Tests.Parts;
using Filip.Recall.Embedded;

namespace Filip.Indexer.Tests.Real;

/// <summary>Cases on which users of neighbouring tools met faults, through the real parts.</summary>
public sealed class TrialTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Same_name_folders()
    {
        var source = Path.Combine(Jobs.Trial("same-name-folders"), "pictures");
        var first = await _scratch.IndexAsync(source);
        Assert.Equal((5, 0), (first.Indexed, first.Failed));
        Assert.Equal(["cats/001.png", "dogs/001.jpg", "dogs/001.png", "dogs/002.JPG", "dogs/003.Jpeg"], await _scratch.IdsAsync());
        var second = await _scratch.IndexAsync(source);
        Assert.Equal((0, 5, 0), (second.Indexed, second.Unchanged, second.Failed));
    }

    [Fact]
    public async Task Unicode_form_names_in_a_folder()
    {
        _scratch.Picture("both/caf\u00e9.bmp", 1);
        _scratch.Picture("both/cafe\u0301.bmp", 2);
        Assert.SkipUnless(Directory.GetFiles(_scratch.At("both")).Length == 2, "This file system holds one file for both forms of a name.");
        Assert.Equal(2, (await _scratch.IndexAsync(_scratch.At("both"))).Indexed);
        var second = await _scratch.IndexAsync(_scratch.At("both"), new IndexingOptions { Prune = true });
        Assert.Equal((0, 2, 0), (second.Indexed, second.Unchanged, second.Pruned));
    }

    [Fact]
    public async Task Unicode_form_names_in_a_manifest()
    {
        _scratch.Picture("listed/nai\u0308ve.bmp", 1);
        _scratch.Picture("listed/plain.bmp", 2);
        _scratch.Picture("listed/\u00fcber.bmp", 3);
        _scratch.Write(
            "listed/manifest.jsonl",
            "{\"id\":\"n1\",\"path\":\"na\u00efve.bmp\"}\n{\"id\":\"n2\",\"path\":\"plain.bmp\"}\n{\"id\":\"n3\",\"path\":\"u\u0308ber.bmp\"}\n");
        var summary = await _scratch.IndexAsync(_scratch.At("listed", "manifest.jsonl"));
        Assert.Equal(3, summary.Indexed + summary.Failed);
        Assert.Contains("n2", await _scratch.IdsAsync());
        foreach (var letter in _scratch.DeadLetters())
        {
            Assert.Equal(
                (DeadLetterCode.FileMissing, letter.Id == "n1" ? 1L : 3L), (letter.Code, letter.Line!.Value));
            Assert.Contains("letter for letter", letter.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Jsonl_blank_lines()
    {
        var summary = await _scratch.IndexAsync(Path.Combine(Jobs.Trial("jsonl-blank-lines"), "manifest.jsonl"));
        Assert.Equal((4, 1, ExitCode.DeadLetters), (summary.Indexed, summary.Failed, ExitCode.For(summary)));
        Assert.Equal(["j1", "j2", "j4", "j5"], await _scratch.IdsAsync());
        var letter = Assert.Single(_scratch.DeadLetters());
        Assert.Equal(5, letter.Line);
        Assert.EndsWith("manifest.jsonl", letter.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Awkward_attributes()
    {
        var summary = await _scratch.IndexAsync(Path.Combine(Jobs.Trial("awkward-attributes"), "manifest.jsonl"));
        Assert.Equal((8, 0), (summary.Indexed, summary.Failed));
        Assert.Equal(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"], await _scratch.IdsAsync());
        await using var source = new EmbeddedCandidateSource(EmbeddedIndex.Open(_scratch.At("index")));
        var fields = await source.GetFieldsAsync(["a4", "a5"], CancellationToken.None);
        Assert.Equal("x9", fields["a4"].Attributes["_id"].GetString());
        Assert.True(fields["a5"].Attributes["notes"].GetString()!.Length > 32_766);
    }

    [Fact]
    public async Task Mpo_picture()
    {
        var summary = await _scratch.IndexAsync(Jobs.Trial("mpo-picture"));
        Assert.Equal((3, 0), (summary.Indexed, summary.Failed));
        using var index = EmbeddedIndex.Open(_scratch.At("index"));
        using var patches = index.LeasePatches(["photo.jpg", "first-only.jpg", "second-only.jpg"]);
        Assert.True(patches.Records[0].Span.SequenceEqual(patches.Records[1].Span));
        Assert.False(patches.Records[0].Span.SequenceEqual(patches.Records[2].Span));
    }
}
