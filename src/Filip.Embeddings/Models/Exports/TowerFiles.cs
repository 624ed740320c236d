namespace Filip.Embeddings.Models.Exports;

/// <summary>The two ONNX files of an export, by the names that exporters give them.</summary>
/// <param name="Image">The image tower.</param>
/// <param name="Text">The text tower.</param>
internal sealed record TowerFiles(string Image, string Text)
{
    private static readonly string[] s_image = ["image.onnx", "vision_model.onnx", "visual.onnx", "image_encoder.onnx"];
    private static readonly string[] s_text = ["text.onnx", "text_model.onnx", "textual.onnx", "text_encoder.onnx"];

    /// <summary>Finds them in the folder or in its <c>onnx/</c>.</summary>
    /// <exception cref="FileNotFoundException">One of them is not there.</exception>
    public static TowerFiles In(string folder) => new(Find(folder, "image", s_image), Find(folder, "text", s_text));

    private static string Find(string folder, string tower, string[] names)
    {
        var places = names.Concat(names.Select(name => $"onnx/{name}"));
        return places.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) ?? throw new FileNotFoundException(
            $"'{folder}' holds no {tower} tower: expected one of {string.Join(", ", names)}, there or in onnx/."
            + (File.Exists(Path.Combine(folder, "model.onnx")) || File.Exists(Path.Combine(folder, "onnx", "model.onnx"))
                ? " model.onnx seems to hold both towers in one; export them as two files."
                : " Export the two towers as two files."));
    }
}
