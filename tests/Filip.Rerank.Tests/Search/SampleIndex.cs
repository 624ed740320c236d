using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;
using Filip.Recall.Embedded;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Tests.Search;
using Filip.Testing;

[assembly: AssemblyFixture(typeof(SampleIndex))]

namespace Filip.Rerank.Tests.Search;

/// <summary>A part of the sample pictures in a real embedded index, with the real towers; made once a run.</summary>
public sealed class SampleIndex : IAsyncLifetime
{
    private const int Pictures = 48;

    /// <summary>Exact, so that the engine can be held to the definition.</summary>
    private const PatchCodec Codec = PatchCodec.F32;

    private readonly string _folder = Directory.CreateTempSubdirectory("filip-service-").FullName;

    public ModelFolder Model { get; private set; } = null!;

    public OnnxTextEncoder TextTower { get; private set; } = null!;

    public OnnxImageEncoder ImageTower { get; private set; } = null!;

    public EmbeddedIndex Index { get; private set; } = null!;

    public IndexStamp Stamp { get; private set; } = null!;

    public IReadOnlyList<string> Ids { get; private set; } = [];

    public IReadOnlyList<string> Queries { get; } =
        [.. File.ReadLines(Path.Combine(GoldenFiles.Samples, "queries.jsonl"))
            .Where(line => line.Length > 0)
            .Select(line => JsonElement.Parse(line).GetProperty("text").GetString()!)
            .Take(40)];

    public async ValueTask InitializeAsync()
    {
        Model = ModelFolder.Load(GoldenFiles.Models);
        TextTower = Model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        ImageTower = Model.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu });
        Stamp = Model.StampFor(Codec);
        var path = Path.Combine(_folder, "index");
        await using (var writer = EmbeddedIndex.Create(path, Stamp))
        {
            var manifest = File.ReadLines(Path.Combine(GoldenFiles.Samples, "manifest.jsonl"))
                .Where(line => line.Length > 0).Take(Pictures).Select(line => JsonElement.Parse(line)).ToList();
            Ids = [.. manifest.Select(line => line.GetProperty("id").GetString()!)];
            List<EmbeddedPicture> pictures = [];
            foreach (var line in manifest)
            {
                pictures.Add(await EncodeAsync(line));
            }

            var refusals = await writer.WriteAsync(pictures, CancellationToken.None);
            Assert.All(refusals, Assert.Null);
            await writer.CompleteAsync(CancellationToken.None);
        }

        Index = EmbeddedIndex.Open(path);
    }

    public async ValueTask DisposeAsync()
    {
        Index.Dispose();
        TextTower.Dispose();
        ImageTower.Dispose();
        Directory.Delete(_folder, recursive: true);
        await ValueTask.CompletedTask;
    }

    /// <summary>Parts over the real index; change what a test is about.</summary>
    public SearchEngineParts Parts(IPatchStore? store = null, SearchOptions? options = null) => new()
    {
        TextEncoder = TextTower,
        ImageEncoder = ImageTower,
        Preprocessor = Model.CreatePreprocessor(),
        CandidateSource = new EmbeddedCandidateSource(Index),
        PatchStore = store ?? new EmbeddedPatchStore(Index),
        RunningStamp = Stamp,

        // The machine that runs the tests may be slow; deadlines are tested by those that name one.
        Options = options ?? Patient,
    };

    public static SearchOptions Patient { get; } = new() { Deadline = TimeSpan.FromSeconds(30), StageOneTimeout = TimeSpan.FromSeconds(30) };

    public static string PictureFile(string id) => Path.Combine(GoldenFiles.Samples, "pictures", id + ".jpg");

    private async Task<EmbeddedPicture> EncodeAsync(JsonElement line)
    {
        var id = line.GetProperty("id").GetString()!;
        var relative = line.GetProperty("path").GetString()!;
        var preprocessor = Model.CreatePreprocessor();
        var pixels = new float[preprocessor.Length];
        preprocessor.Prepare(PictureDecoder.Decode(File.ReadAllBytes(Path.Combine(GoldenFiles.Samples, relative))), pixels);
        var embedding = (await ImageTower.EncodeAsync(pixels, 1, CancellationToken.None))[0];
        var grid = Model.Manifest.Image.Grid is [var rows, var columns] ? new PatchGrid(columns, rows) : PatchGrid.None;
        return new EmbeddedPicture
        {
            Id = id,
            ContentHash = id,
            Pooled = embedding.Pooled,
            PatchRecord = PatchRecord.Encode(embedding.Patches, Codec, grid, Stamp.Fingerprint),
            Path = relative,
            Caption = line.GetProperty("caption").GetString(),
            Attributes = line.EnumerateObject()
                .Where(member => member.Name is not ("id" or "path" or "caption"))
                .ToDictionary(member => member.Name, member => member.Value.Clone()),
        };
    }
}
