using System.Text;
using System.Text.Json.Nodes;
using Filip.Embeddings.Models;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>Tensors outside an ONNX file are found wherever they hang, and stay inside the model folder.</summary>
public sealed class ExternalDataTests
{
    [Fact]
    public void Locations_are_found_in_initializers_attributes_subgraphs_and_functions()
    {
        byte[] Node(byte[] tensor) => Field(5, Field(5, tensor));
        var subgraph = Field(6, Field(1, Node(Tensor("in-branch.bin"))));
        var graph = Field(7,
            [
                .. Field(5, Tensor("weights.bin")), .. Field(5, Tensor("weights.bin")),
                .. Field(1, Node(Tensor("in-node.bin"))), .. Field(1, Field(5, subgraph)),
                .. Field(15, Field(1, Tensor("sparse.bin"))),
            ]);
        var function = Field(25, Field(7, Node(Tensor("in-function.bin"))));
        Assert.Equal(
            ["weights.bin", "in-node.bin", "in-branch.bin", "sparse.bin", "in-function.bin"],
            OnnxExternalData.LocationsIn([0x08, 0x08, .. graph, .. function], "x.onnx"));
    }

    [Fact]
    public void Real_towers_have_none_and_a_cut_one_is_refused()
    {
        var whole = File.ReadAllBytes(Path.Combine(GoldenFiles.Models, "text.onnx"));
        Assert.Empty(OnnxExternalData.LocationsIn(whole, "text.onnx"));
        var refused = 0;
        for (var length = 1; length < whole.Length; length = (length * 3 / 2) + 1)
        {
            try
            {
                OnnxExternalData.LocationsIn(whole.AsSpan(0, length), "text.onnx");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 10);
    }

    [Theory]
    [InlineData("../secret.bin", "leaves")]
    [InlineData("/etc/hostname", "relative")]
    [InlineData("a/../../secret.bin", "leaves")]
    [InlineData("https://example.org/w.bin", "address")]
    public void A_tensor_that_lies_outside_the_folder_is_refused(string location, string named)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => LoadWithImage(Field(7, Field(5, Tensor(location)))));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_file_without_a_hash_is_refused()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => LoadWithImage(Field(7, Field(5, Tensor("weights.bin")))));
        Assert.Contains("'weights.bin', which has no hash", refusal.Message, StringComparison.Ordinal);
    }

    // The manifest has the right hash of the hostile file, as a hostile folder would.
    private static void LoadWithImage(byte[] onnx)
    {
        using var folder = ScratchFolder.Demo();
        File.WriteAllBytes(folder["weights.bin"], [1]);
        File.WriteAllBytes(folder["image.onnx"], onnx);
        var manifest = JsonNode.Parse(File.ReadAllText(folder[ModelManifest.FileName]))!;
        manifest["sha256"]!["image.onnx"] = ManifestFile.HashOf(folder["image.onnx"]);
        File.WriteAllText(folder[ModelManifest.FileName], manifest.ToJsonString());
        ModelFolder.Load(folder.Path);
    }

    private static byte[] Tensor(string location) =>
        Field(13, [.. Field(1, Encoding.UTF8.GetBytes("location")), .. Field(2, Encoding.UTF8.GetBytes(location))]);

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [];
        foreach (var part in (int[])[(number << 3) | 2, content.Length])
        {
            var rest = part;
            for (; rest > 0x7F; rest >>= 7)
            {
                bytes.Add((byte)(rest | 0x80));
            }

            bytes.Add((byte)rest);
        }

        return [.. bytes, .. content];
    }
}
