using Filip.Elastic.Tests.Stub;
using Filip.Indexer;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;

namespace Filip.Elastic.Tests;

/// <summary>Reading through a connection: what is sent again, what is said, and what is never said.</summary>
public sealed class ConnectionTests
{
    private static readonly RecallRequest s_request = new() { Pooled = new float[] { 1, 0, 0, 0 }, Count = 5 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shards_that_did_not_answer_make_a_partial_answer_and_not_a_short_one()
    {
        await using var stub = await FilledAsync();
        using var connection = stub.Connect();
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        var answer = await source.FindAsync(s_request, Stop);
        Assert.Single(answer.Candidates);
        Assert.Equal("1 of 3 shards did not answer", answer.Partial);
    }

    [Fact]
    public async Task Patches_and_fields_of_a_shard_that_is_down_are_an_error_and_not_missing()
    {
        await using var stub = await FilledAsync();
        stub.OnSearch = () => (503, RecordedAnswers.Body("partial-search-refused-knn"));
        using var connection = stub.Connect();
        await using var store = new ElasticPatchStore(connection);
        var error = await Assert.ThrowsAsync<ElasticException>(async () => (await store.FetchAsync(["a"], Stop)).Dispose());
        Assert.True(error.Transient);
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        await Assert.ThrowsAsync<ElasticException>(async () => await source.GetFieldsAsync(["a"], Stop));
    }

    [Theory]
    [InlineData(503, 3)]
    [InlineData(429, 3)]
    [InlineData(400, 1)]
    [InlineData(401, 1)]
    public async Task A_read_is_sent_again_where_that_may_help_and_only_there(int status, int expected)
    {
        await using var stub = await FilledAsync();
        stub.OnSearch = () => (status, """{"error":{"type":"any","reason":"any"}}""");
        using var connection = stub.Connect();
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        await Assert.ThrowsAsync<ElasticException>(async () => await source.FindAsync(s_request, Stop));
        Assert.Equal(expected, stub.Asked.Count(asked => asked.EndsWith("/_search", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("8.11.0", ";compatible-with=8")]
    [InlineData("9.5.3", ";compatible-with=9")]
    [InlineData("10.2.0-SNAPSHOT", ";compatible-with=9")]
    public async Task A_server_is_spoken_to_in_its_own_versions_media_types(string version, string compatible)
    {
        await using var stub = await FilledAsync();
        stub.Version = version;
        using var connection = stub.Connect();
        using (await connection.AskAsync(ElasticQuestion.Get("_cluster/health"), Stop))
        {
            Assert.Equal("application/json", stub.Spoken.Accept); // the version is not known yet
        }

        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        await source.FindAsync(s_request, Stop);
        var json = "application/vnd.elasticsearch+json" + compatible;
        Assert.Equal((json, json), stub.Spoken);
    }

    [Fact]
    public void What_the_environment_says_of_the_connection_counts_and_is_checked()
    {
        var said = new Dictionary<string, string?>
        {
            ["FILIP_ELASTICSEARCH_COMPRESSION"] = "true",
            ["FILIP_ELASTICSEARCH_TIMEOUT_MS"] = "1500",
            ["FILIP_ELASTICSEARCH_RETRIES"] = "0",
        };
        var options = ElasticOptions.Resolve(said.GetValueOrDefault);
        Assert.Equal((true, TimeSpan.FromSeconds(1.5), 0), (options.Compression, options.RequestTimeout, options.Retries));
        Assert.Equal(new ElasticOptions(), ElasticOptions.Resolve(_ => null));
        foreach (var (name, wrong) in ((string, string)[])
            [("FILIP_ELASTICSEARCH_COMPRESSION", "yes"), ("FILIP_ELASTICSEARCH_TIMEOUT_MS", "49"), ("FILIP_ELASTICSEARCH_RETRIES", "-1")])
        {
            var error = Assert.Throws<FormatException>(() => ElasticOptions.Resolve(asked => asked == name ? wrong : null));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_read_that_succeeds_at_the_second_try_succeeds()
    {
        await using var stub = await FilledAsync();
        var tries = 0;
        stub.OnSearch = () => ++tries == 1 ? (502, "") : (200, RecordedAnswers.Recall("partial-search-knn"));
        using var connection = stub.Connect();
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        Assert.Single((await source.FindAsync(s_request, Stop)).Candidates);
    }

    [Fact]
    public async Task Several_nodes_never_get_one_bulk_several_times()
    {
        await using var first = await FilledAsync();
        await using var second = await FilledAsync();
        await using var third = await FilledAsync();
        StubElastic[] all = [first, second, third];
        var before = all.Sum(stub => stub.Bulks);
        Array.ForEach(all, stub => stub.OnBulk = bulk => bulk.AnswerWholeAsync(503, "no-master-bulk"));
        using var connection = first.Connect(null, null, second, third);
        await using var sink = await StubDocuments.OpenAsync(connection, TimeSpan.Zero);
        await Assert.ThrowsAsync<SinkUnavailableException>(async () => await sink.WriteAsync([StubDocuments.Make(1)], Stop));
        Assert.Equal(before + 1, all.Sum(stub => stub.Bulks));
    }

    [Fact]
    public async Task A_search_that_stalls_is_ended_by_the_callers_token()
    {
        await using var stub = await FilledAsync();
        stub.OnBulk = bulk => bulk.StallAsync();
        using var connection = stub.Connect(new ElasticOptions { BulkTimeout = TimeSpan.FromMinutes(1) });
        await using var sink = await StubDocuments.OpenAsync(connection);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var write = sink.WriteAsync([StubDocuments.Make(1)], cancel.Token).AsTask();
        await Task.Delay(50, Stop);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await write);
    }

    [Theory]
    [InlineData("8.11.0", "[1,0,0,0]")]
    [InlineData("9.2.9", "[1,0,0,0]")]
    [InlineData("9.3.0", "\"P4AAAAAAAAAAAAAAAAAAAA==\"")]
    [InlineData("10.0.0-SNAPSHOT", "\"P4AAAAAAAAAAAAAAAAAAAA==\"")]
    public async Task Vectors_travel_as_the_servers_version_takes_them(string version, string expected)
    {
        await using var stub = await StubElastic.StartAsync();
        stub.Version = version;
        var sent = new List<string>();
        stub.OnBulk = bulk =>
        {
            sent.AddRange(bulk.Pooled.Select(vector => vector.GetRawText()));
            return bulk.Apply().AnswerItemsAsync();
        };
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        await sink.WriteAsync([StubDocuments.Make(1)], Stop);
        Assert.Equal([expected], sent);
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused_with_the_version_that_is_needed()
    {
        await using var stub = await StubElastic.StartAsync();
        stub.Version = "8.10.4";
        using var connection = stub.Connect();
        var error = await Assert.ThrowsAsync<ElasticException>(async () => await StubDocuments.OpenAsync(connection));
        Assert.Contains("8.10.4; 8.11 or later is needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_one_sentence_with_the_address()
    {
        using var connection = new ElasticConnection(
            ElasticAddress.Parse("http://someone:geheim@127.0.0.1:1/pictures"), null, new ElasticOptions { RetryDelay = TimeSpan.FromMilliseconds(1) });
        var error = await Assert.ThrowsAsync<ElasticException>(async () => await ElasticServer.AskAsync(connection, Stop));
        Assert.StartsWith("Elasticsearch at http://127.0.0.1:1/pictures cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:ge/heim@host:9200/pictures")]
    [InlineData("http://user:ge heim@ho st:9200/pictures")]
    [InlineData("http://user:ge?heim@host:9200/Pictures")]
    [InlineData("https://user:ge#heim@:9200/pictures")]
    public void A_broken_URL_is_refused_without_its_password(string url)
    {
        var error = Assert.Throws<FormatException>(() => ElasticAddress.Parse(url));
        Assert.DoesNotContain("heim", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_and_credentials_never_print_their_secrets()
    {
        var address = ElasticAddress.Parse("https://user:geheim@a:9200,b:9201/pictures");
        Assert.Equal("https://a:9200,b:9201/pictures", $"{address}");
        var credentials = ElasticCredentials.Resolve(address, _ => null);
        Assert.Equal("geheim", credentials.Password);
        Assert.Equal("basic", $"{credentials}");
        Assert.Equal("API key", $"{new ElasticCredentials { ApiKey = "geheim" }}");
    }

    [Theory]
    [InlineData("bulk-cbor", 406, ElasticFailure.Refused)]
    [InlineData("flood-stage-index", 429, ElasticFailure.DiskFull)]
    [InlineData("health-timeout", 408, ElasticFailure.Refused)]
    [InlineData("indexing-pressure-whole", 429, ElasticFailure.Busy)]
    [InlineData("index-exists", 400, ElasticFailure.Refused)]
    [InlineData("no-master-bulk", 503, ElasticFailure.Busy)]
    [InlineData("partial-search-refused", 503, ElasticFailure.Busy)]
    [InlineData("search-index-missing", 404, ElasticFailure.NotFound)]
    [InlineData("security-forbidden-search", 403, ElasticFailure.NotAllowed)]
    [InlineData("security-expired-key", 401, ElasticFailure.NotAllowed)]
    public void Recorded_refusals_are_told_apart(string name, int status, ElasticFailure expected)
    {
        Assert.SkipUnless(Directory.Exists(RecordedAnswers.Folder), "../shared/elasticsearch/answers is not here.");
        var address = ElasticAddress.Parse("http://host/pictures");
        Assert.Equal(expected, ElasticErrors.From(address, status, File.ReadAllBytes(Path.Combine(RecordedAnswers.Folder, name + ".json"))).Failure);
    }

    private static async Task<StubElastic> FilledAsync()
    {
        var stub = await StubElastic.StartAsync();
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        await sink.WriteAsync([StubDocuments.Make(0)], Stop);
        await sink.CompleteAsync(Stop);
        return stub;
    }
}
