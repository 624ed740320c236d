using System.Net;
using System.Text;
using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Elastic;

/// <summary><c>--attach</c> by the program, on an index that its user has made.</summary>
public sealed class AttachOnElasticTests
{
    private const int Pictures = 6;

    private static readonly HttpClient s_client = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_and_a_generation_cannot_be_attached_to_and_fields_want_an_attach()
    {
        using var scratch = new ScratchFolder();
        var folder = await FilipProgram.RunAsync("index", GoldenFiles.Samples, "--to", scratch.At("index"), "--attach");
        Assert.Contains("folder", folder.ExpectOneLine(2), StringComparison.Ordinal);
        var beside = await FilipProgram.RunAsync("index", GoldenFiles.Samples, "--to", "http://127.0.0.1:1/x", "--attach", "--new-generation");
        Assert.Contains("generations", beside.ExpectOneLine(2), StringComparison.Ordinal);
        var field = await FilipProgram.RunAsync("index", GoldenFiles.Samples, "--to", "http://127.0.0.1:1/x", "--caption-field", "title");
        Assert.Contains("add --attach", field.ExpectOneLine(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_of_the_users_is_filled_searched_by_its_own_fields_and_emptied_again()
    {
        await using var place = new ElasticPlace();
        using var scratch = new ScratchFolder();
        var ids = await WriteManifestAsync(scratch.At("manifest.jsonl"));
        try
        {
            await SendAsync(HttpMethod.Put, place.Url, """{"mappings":{"properties":{"image_path":{"type":"keyword"},"title":{"type":"text"}}}}""");
            for (var i = 0; i < ids.Count - 1; i++)
            {
                await SendAsync(
                    HttpMethod.Put, $"{place.Url}/_doc/{Uri.EscapeDataString(ids[i])}?refresh=true",
                    $$"""{"image_path":"pictures/{{i}}.jpg","title":"number {{i}}","shelf":"{{(i % 2 == 0 ? "left" : "right")}}"}""");
            }

            string[] index = ["index", scratch.At("manifest.jsonl"), "--to", place.Url, "--output", "json", "--dead-letters", scratch.At("letters.jsonl")];
            var refused = await FilipProgram.RunAsync(index);
            Assert.Contains("--attach", refused.ExpectOneLine(2), StringComparison.Ordinal);

            // The last one of the manifest is no document of the user's.
            index = [.. index, "--attach", "--path-field", "image_path", "--caption-field", "title"];
            var filled = await FilipProgram.RunAsync(index);
            Assert.Equal((ids.Count - 1, 1L), (filled.Json(3).GetProperty("indexed").GetInt64(), filled.Json(3).GetProperty("failed").GetInt64()));
            Assert.Contains("docs/attach.md", filled.Stderr, StringComparison.Ordinal);
            Assert.Contains("document_missing_exception", await File.ReadAllTextAsync(scratch.At("letters.jsonl"), Stop), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await s_client.GetAsync(new Uri($"{place.Url}/_doc/{Uri.EscapeDataString(ids[^1])}"), Stop)).StatusCode);

            // Another price, another shelf: nothing is encoded again.
            await SendAsync(HttpMethod.Post, $"{place.Url}/_update/{Uri.EscapeDataString(ids[0])}?refresh=true", """{"doc":{"shelf":"middle"}}""");
            Assert.Equal(ids.Count - 1, (await FilipProgram.RunAsync(index)).Json(3).GetProperty("unchanged").GetInt64());

            var found = (await FilipProgram.RunAsync("search", place.Url, "a picture", "--filter", "shelf=middle", "--output", "json")).Json();
            Assert.Equal(ids[0], Assert.Single(found.GetProperty("results").EnumerateArray()).GetProperty("id").GetString());
            var inspected = (await FilipProgram.RunAsync("inspect", place.Url, ids[1])).Json();
            Assert.Equal(("pictures/1.jpg", "number 1"), (inspected.GetProperty("path").GetString(), inspected.GetProperty("caption").GetString()));
            Assert.Equal(["shelf"], inspected.GetProperty("attributes").EnumerateObject().Select(member => member.Name));
            Assert.Equal(JsonValueKind.Object, inspected.GetProperty("patches").ValueKind);
            Assert.Contains($"{ids.Count - 1} of {ids.Count - 1} documents", (await FilipProgram.RunAsync("verify", place.Url)).Expect(0).Stdout, StringComparison.Ordinal);
            Assert.Contains("no generations", (await FilipProgram.RunAsync("promote", place.Url)).ExpectOneLine(2), StringComparison.Ordinal);

            await File.WriteAllLinesAsync(scratch.At("ids.txt"), ids, Stop);
            Assert.Equal(ids.Count - 1, (await FilipProgram.RunAsync("delete", place.Url, "--ids", scratch.At("ids.txt"), "--output", "json")).Json().GetProperty("deleted").GetInt64());
            using var left = JsonDocument.Parse(await s_client.GetStringAsync(new Uri(place.Url + "/_search"), Stop));
            Assert.Equal(ids.Count - 1, left.RootElement.GetProperty("hits").GetProperty("hits").GetArrayLength());
        }
        finally
        {
            (await s_client.DeleteAsync(new Uri(place.Url), CancellationToken.None)).Dispose();
        }
    }

    private static async Task<IReadOnlyList<string>> WriteManifestAsync(string file)
    {
        List<string> ids = [];
        var text = new StringBuilder();
        await foreach (var line in File.ReadLinesAsync(Path.Combine(GoldenFiles.Samples, "manifest.jsonl"), Stop))
        {
            using var entry = JsonDocument.Parse(line);
            ids.Add(entry.RootElement.GetProperty("id").GetString()!);
            text.Append(JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["id"] = ids[^1],
                ["path"] = Path.Combine(GoldenFiles.Samples, entry.RootElement.GetProperty("path").GetString()!),
            })).Append('\n');
            if (ids.Count == Pictures)
            {
                break;
            }
        }

        await File.WriteAllTextAsync(file, text.ToString(), Stop);
        return ids;
    }

    private static async Task SendAsync(HttpMethod method, string url, string body)
    {
        using var message = new HttpRequestMessage(method, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await s_client.SendAsync(message, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}
