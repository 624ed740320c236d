using System.Globalization;
using System.Text.Json;
using Filip.EndToEnd.Tests;
using Filip.Indexer;
using Filip.Testing;

namespace Filip.Elastic.Tests.Sources;

/// <summary>A side index as a user makes it: <c>filip index "es://…" --to …</c>, again after changes, and killed in the middle.</summary>
public sealed class SideIndexTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("filip-side-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string[] Samples { get; } =
        [.. Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures")).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_side_index_has_the_same_ids_and_copied_filters_and_follows_its_source()
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync();
        for (var i = 0; i < 8; i++)
        {
            File.Copy(Samples[i], At($"{i}.jpg"));
        }

        await index.PutAsync(Enumerable.Range(0, 6).Select(i => ($"sku/{i}", Document(i, $"picture {i}", brand: i < 3 ? "acme" : "other", price: i, $"{i}.jpg"))));
        var target = $"{index.Connection.Address}-side";
        try
        {
            var words = (string[])[
                "index", $"es://{index.Name}?path=image.file&caption=title&fields=brand,price&root={_folder.FullName}", "--to", target, "--output", "json",
                "--prune", "--dead-letters", At("dead")];
            Assert.Equal((6, 0, 0), Counts(await FilipProgram.RunAsync(words)));
            var found = (await FilipProgram.RunAsync("search", target, "a picture", "--filter", "brand=acme", "--output", "json")).Json().GetProperty("results");
            Assert.Equal(["sku/0", "sku/1", "sku/2"], found.EnumerateArray().Select(result => result.GetProperty("id").GetString()).Order());
            var fields = found.EnumerateArray().First(result => result.GetProperty("id").GetString() == "sku/2").GetProperty("fields").GetRawText();
            Assert.Contains("\"picture 2\"", fields, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", fields, StringComparison.Ordinal);

            // Caption, copied field, path and bytes change, one document comes, one goes; a field that is not copied changes too.
            await index.PutAsync(
            [
                ("sku/0", Document(0, "another title", "acme", 0, "0.jpg")),
                ("sku/1", Document(1, "picture 1", "acme", 99, "1.jpg")),
                ("sku/2", Document(2, "picture 2", "acme", 2, "6.jpg")),
                ("sku/4", Document(4, "picture 4", "other", 4, "4.jpg", "changed")),
                ("sku/7", Document(7, "picture 7", "other", 7, "7.jpg")),
            ]);
            File.Copy(Samples[8], At("3.jpg"), overwrite: true);
            await index.AskAsync("DELETE", $"{index.Name}/_doc/sku%2F5?refresh=true");
            Assert.Equal((5, 1, 1), Counts(await FilipProgram.RunAsync(words)));
            Assert.Equal((0, 6, 0), Counts(await FilipProgram.RunAsync(words)));
        }
        finally
        {
            await index.AskAsync("DELETE", $"{index.Name}-side-000001");
        }
    }

    [Fact]
    public async Task A_folder_can_be_the_target_and_what_is_wrong_is_said_in_one_line()
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync();
        File.Copy(Samples[0], At("0.jpg"));
        await index.PutAsync([("good", Document(0, "t", "b", 0, "0.jpg")), ("gone", Document(1, "t", "b", 0, "1.jpg")), ("none", """{"title":"no picture"}""")]);
        var source = index.Source($"path=image.file&root={_folder.FullName}");
        var summary = (await FilipProgram.RunAsync("index", source, "--to", At("index"), "--output", "json")).Json(ExitCode.DeadLetters);
        Assert.Equal(1, summary.GetProperty("indexed").GetInt32());
        var letters = File.ReadAllLines(summary.GetProperty("dead_letters").GetString()!).Select(line => JsonElement.Parse(line))
            .Select(letter => (letter.GetProperty("id").GetString(), letter.GetProperty("code").GetString())).Order();
        Assert.Equal([("gone", "file-missing"), ("none", "field-refused")], letters);

        var said = (await FilipProgram.RunAsync("index", $"es://{index.Name}", "--to", At("other"))).ExpectOneLine(ExitCode.Usage);
        Assert.Contains("Name the cluster", said, StringComparison.Ordinal);
        said = (await FilipProgram.RunAsync("index", source.Replace(index.Name, "nobody", StringComparison.Ordinal), "--to", At("other"))).ExpectOneLine(ExitCode.Usage);
        Assert.Contains("is not there", said, StringComparison.Ordinal);
        said = (await FilipProgram.RunAsync("index", "es://me:hidden@127.0.0.1:1/products", "--to", At("other"))).ExpectOneLine(ExitCode.DependencyDown);
        Assert.DoesNotContain("hidden", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("other")), "A source that cannot be read left an index behind.");
    }

    [Fact]
    public async Task A_job_killed_in_the_middle_is_gone_on_with_and_every_picture_is_there_once()
    {
        const int Documents = 120;
        await using var index = new ForeignIndex();
        await index.MakeAsync(shards: 3);
        await index.PutAsync(Enumerable.Range(0, Documents).Select(i => ($"{i}", Document(i, $"picture {i}", "b", i, Samples[i]))));
        var target = $"{index.Connection.Address}-side";
        var words = (string[])["index", $"es://{index.Name}?path=image.file&page=50", "--to", target, "--output", "json", "--quiet", "--dead-letters", At("dead")];
        try
        {
            using (var process = FilipProgram.Start(new Dictionary<string, string?>(), words))
            {
                while (await CountAsync(index) == 0)
                {
                    Assert.False(process.HasExited, "The job ended before it could be killed.");
                    await Task.Delay(20, Stop);
                }

                process.Kill();
                await process.WaitForExitAsync(Stop);
            }

            var before = await CountAsync(index);
            var (indexed, unchanged, _) = Counts(await FilipProgram.RunAsync(words));
            Assert.True(before < Documents, "The kill came when all was done.");
            Assert.Equal(Documents, indexed + unchanged);
            Assert.InRange(unchanged, before, Documents);
            Assert.Equal(Documents, await CountAsync(index));
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"killed after {before} of {Documents}; then {unchanged} unchanged, {indexed} indexed"));
        }
        finally
        {
            await index.AskAsync("DELETE", $"{index.Name}-side-000001");
        }
    }

    private static async Task<int> CountAsync(ForeignIndex index)
    {
        await index.AskAsync("POST", $"{index.Name}-side-0*/_refresh");
        return (await index.AskAsync("GET", $"{index.Name}-side-0*/_count"))["count"]!.GetValue<int>();
    }

    private static (int Indexed, int Unchanged, int Pruned) Counts(Finished run)
    {
        var summary = run.Json();
        return (summary.GetProperty("indexed").GetInt32(), summary.GetProperty("unchanged").GetInt32(), summary.GetProperty("pruned").GetInt32());
    }

    private static string Document(int number, string title, string brand, int price, string file, string secret = "secret") => JsonSerializer.Serialize(
        new { n = number, title, brand, price, image = new { file }, secret });

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
