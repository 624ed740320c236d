using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Filip.Embeddings.Codecs;
using Filip.Recall.Elastic;
using Filip.Testing;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests;

/// <summary>What lies in elastic/ says what the code does.</summary>
public sealed partial class ElasticFolderTests
{
    private static string Folder { get; } = Path.Combine(GoldenFiles.Repository, "elastic");

    [Fact]
    public void The_template_has_exactly_the_fields_that_the_code_names()
    {
        var named = typeof(ElasticFields).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        var template = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "index-template.json")))!["template"]!["mappings"]!;
        Assert.Equal(named.Order(), template["properties"]!.AsObject().Select(field => field.Key).Order());
        Assert.Equal([ElasticFields.Patches, ElasticFields.Facets], template["_source"]!["excludes"]!.AsArray().Select(field => field!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "index-template.json"))), ElasticTemplate.Read()));
    }

    [Theory]
    [MemberData(nameof(VectorIndexes))]
    public void A_generation_is_the_template_with_stamp_dimensions_and_vector_index_filled_in(string vectorIndex)
    {
        var body = ElasticTemplate.IndexBody(PortContract.Stamp, new ElasticIndexOptions { VectorIndex = vectorIndex, Shards = 3 }, replicas: 1);
        Assert.Equal(("3", "1", "-1"), (
            body["settings"]!["index"]!["number_of_shards"]!.ToString(), body["settings"]!["index"]!["number_of_replicas"]!.ToString(),
            body["settings"]!["index"]!["refresh_interval"]!.ToString()));
        var pooled = body["mappings"]!["properties"]![ElasticFields.Pooled]!;
        Assert.Equal((PortContract.Dimension, vectorIndex, "dot_product"), (
            pooled["dims"]!.GetValue<int>(), pooled["index_options"]!["type"]!.ToString(), pooled["similarity"]!.ToString()));
        Assert.Equal(PortContract.Stamp.Fingerprint, body["mappings"]!["_meta"]!["filip"]!["fingerprint"]!.ToString());
    }

    [Fact]
    public async Task A_person_can_put_the_template_and_the_server_takes_every_vector_index()
    {
        using var connection = RealElastic.Connect();
        var template = ElasticTemplate.Read();
        template["index_patterns"] = new JsonArray($"{connection.Address.Index}-0*");
        await AskAsync(connection, "PUT", $"_index_template/{connection.Address.Index}", template);
        try
        {
            foreach (var vectorIndex in ElasticIndexOptions.VectorIndexes)
            {
                // The fixture's bbq kinds want 64 values at least.
                var stamp = PortContract.Stamp with { PooledDimension = 128 };
                await new ElasticGenerations(connection).BeginAsync(stamp, new ElasticIndexOptions { VectorIndex = vectorIndex, Replicas = 0 }, default);
            }

            Assert.Equal(ElasticIndexOptions.VectorIndexes.Count, (await new ElasticGenerations(connection).ListAsync(default)).Count);
        }
        finally
        {
            await RealElastic.DropAsync(connection);
            await AskAsync(connection, "DELETE", $"_index_template/{connection.Address.Index}", null);
        }
    }

    [Fact]
    public void The_compose_file_runs_the_version_that_the_words_and_the_client_name()
    {
        var image = Version().Match(File.ReadAllText(Path.Combine(Folder, "compose.yaml"))).Groups[1].Value;
        Assert.Contains($"**{image}**", File.ReadAllText(Path.Combine(Folder, "README.md")), StringComparison.Ordinal);
        Assert.Contains(
            $"\"Elastic.Clients.Elasticsearch\" Version=\"{image}\"", File.ReadAllText(Path.Combine(GoldenFiles.Repository, "Directory.Packages.props")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role-indexer.json", "pictures,pictures-0*")]
    [InlineData("role-service.json", "pictures,pictures-0*")]
    [InlineData("role-attach.json", "products")]
    public void Every_privilege_of_a_role_is_explained(string role, string names)
    {
        var index = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, role)))!["indices"]![0]!;
        Assert.Equal(names.Split(','), index["names"]!.AsArray().Select(name => name!.GetValue<string>()));
        var words = File.ReadAllText(Path.Combine(Folder, "roles.md"));
        Assert.All(index["privileges"]!.AsArray(), privilege => Assert.Contains($"| `{privilege}`", words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(144, 64)]
    [InlineData(196, 256)]
    public void Record_sizes_in_the_sizing_page_are_the_codecs(int rows, int dimension)
    {
        var bytes = PatchRecord.EncodedLength(PatchCodec.Int8, rows, dimension).ToString("N0", CultureInfo.InvariantCulture);
        Assert.Contains($"| {rows} × {dimension}, int8 | {bytes} |", File.ReadAllText(Path.Combine(Folder, "sizing.md")), StringComparison.Ordinal);
    }

    public static TheoryData<string> VectorIndexes() => [.. ElasticIndexOptions.VectorIndexes];

    private static async Task AskAsync(ElasticConnection connection, string method, string path, JsonNode? body)
    {
        using var answer = await connection.AskAsync(
            new ElasticQuestion(method, path, body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString())), default);
    }

    [GeneratedRegex(@"image: docker\.elastic\.co/elasticsearch/elasticsearch:(\S+)")]
    private static partial Regex Version();
}
