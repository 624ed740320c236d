using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Filip.Embeddings.Models;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>A manifest or a file that was changed is refused, with a sentence that says what and why.</summary>
public sealed class ManifestTests
{
    private static readonly int s_count =
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), out var count) ? count : 300;

    public static TheoryData<string, string, string> Edits => new()
    {
        { "format", "99", "format is 99" },
        { "id", "\"\"", "id is empty" },
        { "licence", "\" \"", "licence is empty" },
        { "scoring", "\"best\"", "filip-t2i" },
        { "pooling", "\"guess\"", "pooling" },
        { "pooling", "\"mean-of-patches\"", "pooled_output" },
        { "pooling", "\"separate\"", "pooled_file" },
        { "pooled_dimension", "0", "pooled_dimension" },
        { "templates", "[\"a photo of a\"]", "{}" },
        { "templates", "[null]", "templates" },
        { "image.file", "\"../image.onnx\"", "leaves the model folder" },
        { "image.file", "\"/etc/passwd\"", "relative" },
        { "image.file", "\"https://example.org/image.onnx\"", "address" },
        { "image.file", "\"C:\\\\image.onnx\"", "relative" },
        { "image.file", "\"other.onnx\"", "no hash" },
        { "image.grid", "[12, 13]", "image.grid" },
        { "image.grid", "[144]", "image.grid" },
        { "image.rows", "-1", "image.rows" },
        { "image.rows", "\"144\"", "image.rows" },
        { "image.leading_tokens", "-1", "leading_tokens" },
        { "image.preprocessing.std", "[0.5, 0, 0.5]", "std" },
        { "image.preprocessing.mean", "[0.5]", "mean" },
        { "image.preprocessing.width", "100000", "width" },
        { "image.preprocessing.resize", "\"stretch\"", "resize" },
        { "image.preprocessing.shortest", "32", "shortest" },
        { "image.preprocessing.rescale", "0", "rescale" },
        { "image.patch_output", "\"x\"", "patch_output" },
        { "text.context", "2", "context" },
        { "text.tokenizer.kind", "\"sentencepiece\"", "kind" },
        { "text.tokenizer.vocabulary", "\"..\\\\vocab.txt\"", "relative" },
        { "text.tokenizer.vocabulary", "null", "tokenizer" },
        { "sha256", "{}", "no hash" },
        { "golden.tolerance", "5", "tolerance" },
        { "golden.text.pooled", "[1]", "pooled" },
        { "golden.picture.width", "1000000", "width" },
    };

    [Theory, MemberData(nameof(Edits))]
    public void A_manifest_that_makes_no_sense_is_refused_by_name(string member, string value, string named)
    {
        var manifest = JsonNode.Parse(File.ReadAllBytes(Path.Combine(GoldenFiles.Models, ModelManifest.FileName)))!;
        var path = member.Split('.');
        path[..^1].Aggregate(manifest, (node, part) => node[part]!)[path[^1]] = JsonNode.Parse(value);
        var refusal = Assert.Throws<InvalidDataException>(() => ManifestFile.Parse(Encoding.UTF8.GetBytes(manifest.ToJsonString())));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\": 1, \"format\": 1}")]
    [InlineData("{\"format\": 1")]
    public void What_is_no_manifest_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => ManifestFile.Parse(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_manifest_reads_back_what_was_written()
    {
        var manifest = ModelFolder.Load(GoldenFiles.Models).Manifest with { Templates = ["a photo of a {}", "{} – gemalt"] };
        var json = ManifestFile.ToJson(manifest);
        Assert.Equal(json, ManifestFile.ToJson(ManifestFile.Parse(json)));
        Assert.DoesNotContain((byte)'\r', json);
    }

    [Fact]
    public void Any_changed_byte_of_a_named_file_is_refused()
    {
        using var folder = ScratchFolder.Trial("int32-batch-one");
        var names = ModelInit.Write(folder.Path, new ModelInitOptions()).Sha256.Keys.ToArray();
        var files = names.ToDictionary(name => name, name => File.ReadAllBytes(folder[name]));
        (from name in Gen.Int[0, names.Length - 1].Select(i => names[i])
         from at in Gen.Int[0, files[name].Length - 1]
         from flip in Gen.Byte[1, 255]
         select (name, at, flip)).Sample(change =>
         {
             var changed = (byte[])files[change.name].Clone();
             changed[change.at] ^= change.flip;
             File.WriteAllBytes(folder[change.name], changed);
             var refusal = Assert.Throws<InvalidDataException>(() => ModelFolder.Load(folder.Path));
             Assert.Contains($"'{change.name}'", refusal.Message, StringComparison.Ordinal);
             File.WriteAllBytes(folder[change.name], files[change.name]);
         }, iter: s_count, threads: 1);
        ModelFolder.Load(folder.Path);
    }

    [Fact]
    public void A_changed_manifest_is_refused_or_has_another_fingerprint()
    {
        using var folder = ScratchFolder.Trial("int32-batch-one");
        ModelInit.Write(folder.Path, new ModelInitOptions());
        var fingerprint = ModelFolder.Load(folder.Path).Fingerprint;
        var json = File.ReadAllBytes(folder[ModelManifest.FileName]);
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte[1, 255]).Sample((at, flip) =>
        {
            var changed = (byte[])json.Clone();
            changed[at] ^= flip;
            File.WriteAllBytes(folder[ModelManifest.FileName], changed);
            try
            {
                Assert.NotEqual(fingerprint, ModelFolder.Load(folder.Path).Fingerprint);
            }
            catch (Exception refusal) when (refusal is InvalidDataException or FileNotFoundException)
            {
                Assert.NotEmpty(refusal.Message);
            }
        }, iter: s_count, threads: 1);
    }

    [Fact]
    public void A_missing_folder_manifest_or_file_is_said_to_be_missing()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ModelFolder.Load(Path.Combine(GoldenFiles.Models, "nowhere")));
        using var bare = ScratchFolder.Demo(manifest: false);
        Assert.Contains("model init", Assert.Throws<FileNotFoundException>(() => ModelFolder.Load(bare.Path)).Message, StringComparison.Ordinal);
        using var folder = ScratchFolder.Demo();
        File.Delete(folder["vocab.txt"]);
        Assert.Contains("'vocab.txt'", Assert.Throws<FileNotFoundException>(() => ModelFolder.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused()
    {
        using var folder = ScratchFolder.Demo();
        using var elsewhere = ScratchFolder.Demo();
        File.Delete(folder["vocab.txt"]);
        File.CreateSymbolicLink(folder["vocab.txt"], elsewhere["vocab.txt"]);
        Assert.Contains("link", Assert.Throws<InvalidDataException>(() => ModelFolder.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
