using System.Security.Cryptography;
using System.Text;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>The committed demo model folder.</summary>
/// <remarks><c>FILIP_WRITE_DEMO_MANIFEST=1</c> writes <c>models/model.json</c> anew, after the model or the format changed.</remarks>
public sealed class DemoManifestTests
{
    [Fact]
    public void Demo_model_is_unmodified_and_its_fingerprint_is_the_same_each_time()
    {
        var model = ModelFolder.Load(GoldenFiles.Models);
        Assert.Equal(model.Fingerprint, ModelFolder.Load(GoldenFiles.Models).Fingerprint);
        Assert.Equal(FingerprintByDefinition(GoldenFiles.Models, model.Manifest), model.Fingerprint);
        using var copy = ScratchFolder.Demo();
        Assert.Equal(model.Fingerprint, ModelFolder.Load(copy.Path).Fingerprint);
    }

    [Fact]
    public void Demo_manifest_says_what_init_finds()
    {
        using var folder = ScratchFolder.Demo(manifest: false);
        var found = ModelInit.Write(folder.Path, ScratchFolder.DemoOptions);
        if (Environment.GetEnvironmentVariable("FILIP_WRITE_DEMO_MANIFEST") == "1")
        {
            File.Copy(folder[ModelManifest.FileName], Path.Combine(GoldenFiles.Models, ModelManifest.FileName), overwrite: true);
        }

        // Known answers may differ in the last digit between processors; the rest is text for text the same.
        var kept = ModelFolder.Load(GoldenFiles.Models).Manifest;
        Assert.Equal(
            Encoding.UTF8.GetString(ManifestFile.ToJson(found with { Golden = null })),
            Encoding.UTF8.GetString(ManifestFile.ToJson(kept with { Golden = null })));
        Assert.Equal(kept.Golden!.Text!.Ids, found.Golden!.Text!.Ids);
        Assert.True(kept.Image.RowsUnitLength && kept.Text.RowsUnitLength);
    }

    [Fact]
    public void Stamp_names_model_sizes_codec_and_contract()
    {
        var model = ModelFolder.Load(GoldenFiles.Models);
        var stamp = model.StampFor(PatchCodec.Int8);
        Assert.Equal(
            new IndexStamp(model.Fingerprint, model.Manifest.Id, model.Manifest.Image.Dimension, model.Manifest.PooledDimension,
                PatchCodec.Int8, model.Manifest.Scoring),
            stamp);
    }

    private static string FingerprintByDefinition(string folder, ModelManifest manifest)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes("filip model folder 1\n"));
        bytes.AddRange(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, ModelManifest.FileName))));
        foreach (var name in manifest.Sha256.Keys.Order(StringComparer.Ordinal))
        {
            var hash = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name)))).ToLowerInvariant();
            bytes.AddRange(Encoding.UTF8.GetBytes(name + "\0" + hash + "\n"));
        }

        return Convert.ToHexString(SHA256.HashData(bytes.ToArray())).ToLowerInvariant();
    }
}
