using Filip.Embeddings.Models;

namespace Filip.Embeddings.Towers;

/// <summary>Holds what the manifest says of a tower against what the ONNX file says of itself.</summary>
internal static class TowerContract
{
    /// <summary>Every way in which an image tower is another than its manifest says, as sentences.</summary>
    public static IReadOnlyList<string> FaultsOf(ImageTowerFacts facts, TowerSignature rows, TowerSignature? pooled, int pooledDimension)
    {
        var faults = new List<string>();
        foreach (var signature in Both(rows, pooled))
        {
            CheckInput(faults, signature, facts.Input, "image.input", ["float"], [-1, 3, facts.Preprocessing.Height, facts.Preprocessing.Width]);
            CheckStrangers(faults, signature, "image", [facts.Input]);
        }

        CheckOutput(faults, rows, facts.PatchesOutput, "image.patches_output", [-1, facts.LeadingTokens + facts.Rows, facts.Dimension]);
        if (facts.PooledOutput is not null)
        {
            CheckOutput(faults, pooled ?? rows, facts.PooledOutput, "image.pooled_output", [-1, pooledDimension]);
        }

        return faults;
    }

    /// <summary>Every way in which a text tower is another than its manifest says, as sentences.</summary>
    public static IReadOnlyList<string> FaultsOf(
        TextTowerFacts facts, TowerSignature rows, TowerSignature? pooled, int dimension, int pooledDimension)
    {
        var faults = new List<string>();
        string[] inputs = [.. new[] { facts.IdsInput, facts.MaskInput, facts.SegmentInput }.OfType<string>()];
        foreach (var signature in Both(rows, pooled))
        {
            // A free length takes any; a fixed one is a fact that the manifest must know, or the first short text fails.
            int[] shape = [-1, facts.FixedLength ? facts.Context : -2];
            foreach (var input in inputs)
            {
                CheckInput(faults, signature, input, "text's input", ["int32", "int64"], shape);
            }

            CheckStrangers(faults, signature, "text", inputs);
        }

        CheckOutput(faults, rows, facts.TokensOutput, "text.tokens_output", [-1, facts.FixedLength ? facts.Context : -1, dimension]);
        if (facts.PooledOutput is not null)
        {
            CheckOutput(faults, pooled ?? rows, facts.PooledOutput, "text.pooled_output", [-1, pooledDimension]);
        }

        return faults;
    }

    /// <summary>The batch that the file insists on, or null where it takes any.</summary>
    public static int? FixedBatch(TowerSignature signature, string input) =>
        signature.Input(input) is { Shape: [> 0 and var batch, ..] } ? batch : null;

    /// <summary>Refuses a tower that has faults.</summary>
    /// <exception cref="InvalidDataException">There are faults; all of them are in the message.</exception>
    public static void Demand(string file, IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new InvalidDataException(
                $"'{file}' is not the tower that {ModelManifest.FileName} describes: {string.Join(" ", faults)} "
                + "Are the towers swapped? Otherwise write the manifest anew with 'filip model init'.");
        }
    }

    private static IEnumerable<TowerSignature> Both(TowerSignature rows, TowerSignature? pooled) =>
        pooled is null ? [rows] : [rows, pooled];

    private static void CheckInput(
        List<string> faults, TowerSignature signature, string name, string member, string[] types, int[] shape)
    {
        if (signature.Input(name) is not { } tensor)
        {
            faults.Add($"{member} names '{name}'; the model's inputs are {string.Join(", ", signature.Inputs)}.");
        }
        else if (!types.Contains(tensor.Type))
        {
            faults.Add($"{member} {tensor} has values of type {tensor.Type}; {string.Join(" or ", types)} is expected.");
        }
        else if (!Fits(tensor.Shape, shape))
        {
            faults.Add($"{member} {tensor} has another shape than [{Show(shape)}].");
        }
    }

    private static void CheckOutput(List<string> faults, TowerSignature signature, string name, string member, int[] shape)
    {
        if (signature.Output(name) is not { } tensor)
        {
            faults.Add($"{member} names '{name}'; the model's outputs are {string.Join(", ", signature.Outputs)}.");
        }
        else if (tensor.Type != "float")
        {
            faults.Add($"{member} {tensor} has values of type {tensor.Type}; float (32 bits) is expected.");
        }
        else if (!Fits(tensor.Shape, shape))
        {
            faults.Add($"{member} {tensor} has another shape than [{Show(shape)}].");
        }
    }

    private static void CheckStrangers(List<string> faults, TowerSignature signature, string tower, string[] known)
    {
        var strangers = signature.Inputs.Where(input => !known.Contains(input.Name)).ToList();
        if (strangers.Count > 0)
        {
            faults.Add($"The {tower} tower also wants {string.Join(", ", strangers)}, which nothing here fills.");
        }
    }

    // -1 on our side: any; -2: must be free. -1 on the model's side: free.
    private static bool Fits(IReadOnlyList<int> model, int[] expected) =>
        model.Count == expected.Length
        && model.Zip(expected).All(pair => pair.Second switch
        {
            -1 => true,
            -2 => pair.First < 0,
            _ => pair.First < 0 || pair.First == pair.Second,
        });

    private static string Show(int[] shape) => string.Join(", ", shape.Select(side => side < 0 ? "n" : $"{side}"));
}
