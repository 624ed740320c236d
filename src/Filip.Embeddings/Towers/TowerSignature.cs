using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>What an ONNX file itself says of its inputs and outputs.</summary>
/// <param name="Inputs">In the model's order.</param>
/// <param name="Outputs">In the model's order.</param>
public sealed record TowerSignature(IReadOnlyList<TowerTensor> Inputs, IReadOnlyList<TowerTensor> Outputs)
{
    /// <summary>Opens an ONNX file on the processor and reads its signature.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no ONNX model that this ONNX Runtime reads.</exception>
    public static TowerSignature Read(string path)
    {
        using var session = TowerSession.Open(path, new TowerOptions { Device = TowerDevice.Cpu });
        return session.Signature;
    }

    /// <summary>An input by name, or null.</summary>
    public TowerTensor? Input(string name) => Inputs.FirstOrDefault(tensor => tensor.Name == name);

    /// <summary>An output by name, or null.</summary>
    public TowerTensor? Output(string name) => Outputs.FirstOrDefault(tensor => tensor.Name == name);

    internal static TowerSignature Of(InferenceSession session) => new(
        [.. session.InputNames.Select(name => TowerTensor.Of(name, session.InputMetadata[name]))],
        [.. session.OutputNames.Select(name => TowerTensor.Of(name, session.OutputMetadata[name]))]);
}

/// <summary>One input or output of an ONNX file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its values' type: <c>float</c>, <c>int32</c>, <c>int64</c>, or another's name.</param>
/// <param name="Shape">Its sides; -1 where one is free.</param>
public sealed record TowerTensor(string Name, string Type, IReadOnlyList<int> Shape)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"'{Name}' ({Type} [{string.Join(", ", Shape.Select(side => side < 0 ? "n" : $"{side}"))}])";

    internal static TowerTensor Of(string name, NodeMetadata metadata) => metadata.IsTensor
        ? new(name, NameOf(metadata.ElementDataType), metadata.Dimensions)
        : new(name, metadata.OnnxValueType.ToString(), []);

    private static string NameOf(Microsoft.ML.OnnxRuntime.Tensors.TensorElementType type) =>
        type.ToString().ToLowerInvariant();
}
