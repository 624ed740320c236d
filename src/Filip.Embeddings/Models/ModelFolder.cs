using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Tokenizers;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Models;

/// <summary>A model folder whose every file is the one its manifest was written for.</summary>
/// <remarks>
/// <para>Models are trusted code: nothing in the folder is opened before its hash is right, nothing outside it is opened at all.</para>
/// <para>Opening a tower holds the manifest against the ONNX file and asks it the manifest's known input.</para>
/// </remarks>
public sealed class ModelFolder
{
    private ModelFolder(string path, ModelManifest manifest, string fingerprint)
    {
        FolderPath = path;
        Manifest = manifest;
        Fingerprint = fingerprint;
    }

    /// <summary>Full path of the folder.</summary>
    public string FolderPath { get; }

    /// <summary>What its <c>model.json</c> says.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>SHA-256 over the manifest and every file it names, 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a folder's manifest and checks the hash of every file.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The manifest, or a file it names, is missing.</exception>
    /// <exception cref="InvalidDataException">The manifest makes no sense, a file is another, or a name leads out of the folder.</exception>
    public static ModelFolder Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var json = ManifestFile.ReadBytes(path);
        var manifest = ManifestFile.Parse(json);
        FileCheck.Demand(path, manifest);
        return new ModelFolder(Path.GetFullPath(path), manifest, ManifestFile.FingerprintOf(json, manifest.Sha256));
    }

    /// <summary>How a picture's patches lie, as patch records keep it: the manifest says rows and columns, the grid width and height.</summary>
    public PatchGrid Grid => Manifest.Image.Grid is [var height, var width] ? new PatchGrid(width, height) : PatchGrid.None;

    /// <summary>What turns pictures into the image tower's input.</summary>
    public PicturePreprocessor CreatePreprocessor() => new(Manifest.Image.Preprocessing);

    /// <summary>The tokenizer, read from the folder's files.</summary>
    /// <exception cref="InvalidDataException">Its files are broken or of another kind.</exception>
    public Tokenizer CreateTokenizer() => TokenizerFactory.Load(Manifest.Text.Tokenizer, FolderPath);

    /// <summary>Opens the text tower and asks it the known text.</summary>
    /// <param name="options">How it is run.</param>
    /// <exception cref="InvalidDataException">The tower is another than the manifest says, or answers otherwise.</exception>
    /// <exception cref="NotSupportedException">CUDA was asked for and cannot be had; the message says why.</exception>
    public OnnxTextEncoder OpenTextTower(TowerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tower = OpenText(options);
        return Checked(tower, Manifest.Text.File, Differences(tower));
    }

    /// <summary>Opens the image tower and asks it the known picture.</summary>
    /// <param name="options">How it is run.</param>
    /// <exception cref="InvalidDataException">The tower is another than the manifest says, or answers otherwise.</exception>
    /// <exception cref="NotSupportedException">CUDA was asked for and cannot be had; the message says why.</exception>
    public OnnxImageEncoder OpenImageTower(TowerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tower = OpenImage(options);
        return Checked(tower, Manifest.Image.File, Differences(tower));
    }

    /// <summary>What an index built with this model and a codec is stamped with.</summary>
    /// <param name="codec">How its patch vectors are kept.</param>
    public IndexStamp StampFor(PatchCodec codec) => new(
        Fingerprint, Manifest.Id, Manifest.PatchDimension, Manifest.PooledDimension, codec, Manifest.Scoring);

    /// <summary>A folder whose manifest is at hand and not yet written: for <see cref="ModelInit"/>.</summary>
    internal static ModelFolder Unverified(string path, ModelManifest manifest) =>
        new(Path.GetFullPath(path), manifest, new string('0', 64));

    internal OnnxTextEncoder OpenText(TowerOptions options) => Opened(
        Manifest.Text.File, Manifest.Text.PooledFile, options,
        (rows, pooled) => new OnnxTextEncoder(Manifest, CreateTokenizer(), rows, pooled, options));

    internal OnnxImageEncoder OpenImage(TowerOptions options) => Opened(
        Manifest.Image.File, Manifest.Image.PooledFile, options,
        (rows, pooled) => new OnnxImageEncoder(Manifest, rows, pooled, options));

    internal IReadOnlyList<string> Differences(OnnxTextEncoder tower) => Manifest.Golden is { Text: { } kept } golden
        ? [.. GoldenPattern.Differences(kept, GoldenPattern.Answer(tower, kept.Text), golden.Tolerance)]
        : [];

    internal IReadOnlyList<string> Differences(OnnxImageEncoder tower) => Manifest.Golden is { Picture: { } kept } golden
        ? [.. GoldenPattern.Differences(
            kept, GoldenPattern.Answer(tower, CreatePreprocessor(), kept.Width, kept.Height), golden.Tolerance)]
        : [];

    private T Opened<T>(string file, string? pooledFile, TowerOptions options, Func<TowerSession, TowerSession?, T> make)
    {
        TowerSession? rows = null;
        TowerSession? pooled = null;
        try
        {
            rows = TowerSession.Open(Path.Combine(FolderPath, file), options);
            pooled = pooledFile is null ? null : TowerSession.Open(Path.Combine(FolderPath, pooledFile), options);
            return make(rows, pooled);
        }
        catch
        {
            rows?.Dispose();
            pooled?.Dispose();
            throw;
        }
    }

    private static T Checked<T>(T tower, string file, IReadOnlyList<string> differences)
        where T : IDisposable
    {
        if (differences.Count == 0)
        {
            return tower;
        }

        tower.Dispose();
        throw new InvalidDataException(
            $"'{file}' does not answer as when the manifest was written. {string.Join(" ", differences)} "
            + "Its vectors would not compare with those of an index. Run 'filip model check' on the folder.");
    }
}
