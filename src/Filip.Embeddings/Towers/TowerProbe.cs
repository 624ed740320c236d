using System.Numerics.Tensors;
using Filip.Embeddings.Models;
using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>Asks a tower of which nothing is known yet: for <see cref="ModelInit"/>, before there is a manifest.</summary>
internal static class TowerProbe
{
    private const float UnitTolerance = 1e-3f;

    /// <summary>The signature of a tower in a folder; its external data are looked at before anything is opened.</summary>
    /// <exception cref="InvalidDataException">It is broken, or names files outside the folder.</exception>
    public static TowerSignature Signature(string folder, string file)
    {
        var path = FolderPath.Resolve(folder, file, "The export");
        ExternalFiles.Of(folder, file);
        return TowerSignature.Read(path);
    }

    /// <summary>The output of a rank whose name is the likeliest, or null where none has that rank.</summary>
    /// <exception cref="InvalidDataException">Several have it, and no name tells which is meant.</exception>
    public static string? Choose(TowerSignature signature, string file, int rank, IReadOnlyList<string> likely)
    {
        var fitting = signature.Outputs.Where(output => output.Type == "float" && output.Shape.Count == rank).ToList();
        if (fitting.Count <= 1)
        {
            return fitting.FirstOrDefault()?.Name;
        }

        foreach (var word in likely)
        {
            var named = fitting.Where(output => output.Name.Contains(word, StringComparison.OrdinalIgnoreCase)).ToList();
            if (named.Count == 1)
            {
                return named[0].Name;
            }
        }

        throw new InvalidDataException(
            $"'{file}' gives {string.Join(", ", fitting)}, and no name tells which is meant; expected one whose name holds {string.Join(", ", likely)}.");
    }

    /// <summary>Asks an image tower one picture.</summary>
    public static IReadOnlyList<(int[] Shape, float[] Values)> AskPicture(
        string folder, string file, TowerTensor input, float[] pixels, int[] sides, IReadOnlyList<string> outputs)
    {
        using var session = TowerSession.Open(Path.Combine(folder, file), new TowerOptions { Device = TowerDevice.Cpu });
        var batch = Math.Max(1, input.Shape[0]);
        var all = new float[batch * pixels.Length];
        pixels.CopyTo(all.AsSpan());
        using var value = OrtValue.CreateTensorValueFromMemory(all, [batch, .. sides.Select(side => (long)side)]);
        return session.Explore([input.Name], [value], outputs);
    }

    /// <summary>Asks a text tower one text.</summary>
    public static IReadOnlyList<(int[] Shape, float[] Values)> AskText(
        string folder, TextTowerFacts facts, IReadOnlyList<TokenLabel> labels, int padId, IReadOnlyList<string> outputs)
    {
        using var session = TowerSession.Open(Path.Combine(folder, facts.File), new TowerOptions { Device = TowerDevice.Cpu });
        string[] names = [.. new[] { facts.IdsInput, facts.MaskInput, facts.SegmentInput }.OfType<string>()];
        var batch = TowerContract.FixedBatch(session.Signature, facts.IdsInput) ?? 1;
        using var inputs = new TextInputs(names, facts, session.Signature, batch, facts.FixedLength ? facts.Context : labels.Count);
        for (var row = 0; row < batch; row++)
        {
            inputs.Fill(row, labels, padId);
        }

        return session.Explore(names, inputs.Values, outputs);
    }

    /// <summary>Whether every row has length 1.</summary>
    public static bool AreUnit(ReadOnlySpan<float> rows, int dimension)
    {
        for (var start = 0; start < rows.Length; start += dimension)
        {
            if (!(MathF.Abs(TensorPrimitives.Norm(rows.Slice(start, dimension)) - 1) <= UnitTolerance))
            {
                return false;
            }
        }

        return true;
    }
}
