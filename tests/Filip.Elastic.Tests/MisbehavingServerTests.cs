using System.Globalization;
using Filip.Elastic.Tests.Stub;
using Filip.Indexer;

namespace Filip.Elastic.Tests;

/// <summary>The pump against a server that fails in every way at once: exactly the poison ends refused.</summary>
public sealed class MisbehavingServerTests
{
    private const string Login = "<html><body>Please log in</body></html>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_STUB_DOCS"), CultureInfo.InvariantCulture, out var count) ? count : 3_000;

    [Fact]
    public async Task Every_kind_of_failure_at_once_loses_nothing_and_refuses_only_the_poison()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var stalls = 0;
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk =>
        {
            int dice;
            lock (random)
            {
                dice = random.Next(100);
            }

            return Misbehave(bulk, dice, mayStall: () => Interlocked.Increment(ref stalls) <= 3);
        };
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var refused = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count).Chunk(150), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Stop }, async (numbers, stop) =>
            {
                ImageDocument[] documents = [.. numbers.Select(number => StubDocuments.Make(number))];
                var outcomes = await sink.WriteAsync(documents, stop);
                Assert.Equal(documents.Select(document => document.Id), outcomes.Select(outcome => outcome.Id));
                foreach (var outcome in outcomes.Where(outcome => !outcome.Written))
                {
                    Assert.NotEmpty(outcome.Refusal!);
                    refused.Add(outcome.Id);
                }
            });
        var poison = Enumerable.Range(0, Count).Where(number => IsPoison(number) || BreaksAll(number)).ToList();
        Assert.Equal(poison.Select(number => $"p{number}").Order(), refused.Order());
        Assert.Equal(
            Enumerable.Range(0, Count).Except(poison).Select(number => StubDocuments.Make(number)).Select(document => (document.Id, document.ContentHash)).Order(),
            stub.Documents.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(Count - poison.Count, (await sink.CompleteAsync(Stop)).Pictures);

        // Only what was not acknowledged is sent again: far fewer bulks than documents, whatever fails.
        Assert.InRange(stub.Bulks, Count / 150, (Count / 3) + 100);
    }

    [Theory]
    [InlineData("reset after applying")]
    [InlineData("reset before applying")]
    [InlineData("stalled after applying")]
    [InlineData("cut after applying")]
    [InlineData("whole 429")]
    [InlineData("whole 503")]
    [InlineData("items 429")]
    [InlineData("items 503")]
    [InlineData("gateway 502 html")]
    [InlineData("gateway 504 empty")]
    [InlineData("answer without items")]
    public async Task A_failure_that_passes_costs_one_more_request(string failure)
    {
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk => bulk.Number > 1 ? bulk.Apply().AnswerItemsAsync() : failure switch
        {
            "reset after applying" => Now(bulk.Apply().Reset),
            "reset before applying" => Now(bulk.Reset),
            "stalled after applying" => bulk.Apply().StallAsync(),
            "cut after applying" => bulk.Apply().CutAsync(),
            "whole 429" => bulk.AnswerWholeAsync(429, "indexing-pressure-whole"),
            "whole 503" => bulk.AnswerWholeAsync(503, "no-master-bulk"),
            "items 429" => bulk.Apply(IsEven).AnswerItemsAsync(id => IsEven(id) ? null : "indexing-pressure-items"),
            "items 503" => bulk.Apply(IsEven).AnswerItemsAsync(id => IsEven(id) ? null : "bulk-shard-down"),
            "gateway 502 html" => bulk.AnswerAsync(502, "text/html", Login),
            "gateway 504 empty" => bulk.AnswerAsync(504, "text/plain", ""),
            "answer without items" => bulk.AnswerAsync(200, "application/json", "{}"),
            _ => throw new ArgumentException(failure, nameof(failure)),
        };
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var outcomes = await sink.WriteAsync([.. Enumerable.Range(0, 10).Select(number => StubDocuments.Make(number))], Stop);
        Assert.All(outcomes, outcome => Assert.True(outcome.Written, outcome.Refusal));
        Assert.Equal(10, stub.Documents.Count);
        Assert.Equal(2, stub.Bulks);
    }

    [Theory]
    [InlineData("flood-stage-bulk", 0, "free disk")]
    [InlineData("flood-stage-index", 429, "Free disk")]
    [InlineData("write-block-bulk", 0, "index.blocks")]
    [InlineData("index-closed-bulk", 0, "Open the index")]
    [InlineData("security-wrong-password", 401, "Check the API key")]
    [InlineData("security-forbidden-bulk", 403, "elastic/roles.md")]
    [InlineData("login page", 200, "proxy or a login page")]
    public async Task What_no_waiting_helps_stops_the_job_at_once_with_an_instruction(string answer, int status, string instruction)
    {
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk => answer == "login page"
            ? bulk.AnswerAsync(status, "text/html", Login)
            : status == 0 ? bulk.AnswerItemsAsync(_ => answer) : bulk.AnswerWholeAsync(status, answer);
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(
            async () => await sink.WriteAsync([.. Enumerable.Range(0, 10).Select(number => StubDocuments.Make(number))], Stop));
        Assert.Contains(instruction, error.Message, StringComparison.Ordinal);
        Assert.Contains("run the same command again", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, stub.Bulks);
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_the_job_when_patience_does_and_all_its_parts_with_it()
    {
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk => bulk.AnswerWholeAsync(503, "no-master-bulk");
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection, TimeSpan.FromMilliseconds(100));
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(
            async () => await sink.WriteAsync([.. Enumerable.Range(0, 600).Select(number => StubDocuments.Make(number))], Stop));
        Assert.Contains("took nothing for 0.1 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("no master", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_document_over_a_proxys_limit_is_refused_alone()
    {
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk => bulk.Bytes > 20_000 ? bulk.AnswerAsync(413, "text/html", Login) : bulk.Apply().AnswerItemsAsync();
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var outcomes = await sink.WriteAsync(
            [.. Enumerable.Range(0, 100).Select(number => StubDocuments.Make(number, number == 42 ? 30_000 : 200))], Stop);
        Assert.Contains("too large", Assert.Single(outcomes, outcome => !outcome.Written).Refusal, StringComparison.Ordinal);
        Assert.Equal(99, stub.Documents.Count);
    }

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    public async Task A_server_that_refuses_each_document_stops_the_job_and_refuses_no_picture(int status)
    {
        await using var stub = await StubElastic.StartAsync();
        stub.OnBulk = bulk => bulk.AnswerAsync(status, "application/json", """{"error":{"type":"illegal_argument_exception","reason":"no"},"status":400}""");
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(
            async () => await sink.WriteAsync([.. Enumerable.Range(0, 8).Select(number => StubDocuments.Make(number))], Stop));
        Assert.Contains("even sent alone", error.Message, StringComparison.Ordinal);
        Assert.Equal(15, stub.Bulks);
    }

    [Fact]
    public async Task A_document_over_the_servers_limit_is_refused_without_sending_it()
    {
        await using var stub = await StubElastic.StartAsync();
        stub.MostBodyBytes = 50_000;
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        var outcomes = await sink.WriteAsync([StubDocuments.Make(1), StubDocuments.Make(2, 100_000)], Stop);
        Assert.True(outcomes[0].Written);
        Assert.Contains("http.max_content_length, 50000 bytes", outcomes[1].Refusal, StringComparison.Ordinal);
        Assert.Equal(1, stub.Bulks);
    }

    [Fact]
    public async Task No_bulk_is_over_the_limit_of_bytes_and_each_document_is_in_one()
    {
        await using var stub = await StubElastic.StartAsync();
        var longest = 0;
        stub.OnBulk = bulk =>
        {
            InterlockedMax(ref longest, bulk.Bytes);
            return bulk.Apply().AnswerItemsAsync();
        };
        using var connection = stub.Connect();
        await using var sink = await StubDocuments.OpenAsync(connection);
        await sink.WriteAsync([.. Enumerable.Range(0, 500).Select(number => StubDocuments.Make(number, number % 900))], Stop);
        Assert.InRange(longest, 30 * 1024, 64 * 1024);
        Assert.Equal(499, stub.Documents.Count); // the record of number 0 is empty: refused at the door
    }

    private static bool IsPoison(int number) => number % 1_000 == 7;

    private static bool BreaksAll(int number) => number % 1_000 == 500;

    private static bool IsEven(string id) => StubDocuments.NumberOf(id) % 2 == 0;

    private static Task Misbehave(StubBulk bulk, int dice, Func<bool> mayStall)
    {
        if (bulk.Items.Any(item => BreaksAll(StubDocuments.NumberOf(item.Id))))
        {
            return bulk.AnswerAsync(400, "application/json", """{"error":{"type":"action_request_validation_exception","reason":"Validation Failed"},"status":400}""");
        }

        var sound = (string id) => !IsPoison(StubDocuments.NumberOf(id));
        var items = (string id) => sound(id) ? null : "bulk-item-errors";
        return dice switch
        {
            < 8 => bulk.AnswerWholeAsync(429, "indexing-pressure-whole"),
            < 14 => bulk.AnswerWholeAsync(503, "no-master-bulk"),
            < 20 => Now(bulk.Apply(sound).Reset),
            < 24 => Now(bulk.Reset),
            < 28 => bulk.Apply(sound).CutAsync(),
            < 32 => bulk.AnswerAsync(502, "text/html", Login),
            < 36 when bulk.Items.Count > 1 => bulk.AnswerAsync(413, "text/plain", ""),
            < 40 when mayStall() => bulk.Apply(sound).StallAsync(),
            < 55 => bulk.Apply(id => sound(id) && IsEven(id)).AnswerItemsAsync(id => items(id) ?? (IsEven(id) ? null : "indexing-pressure-items")),
            _ => bulk.Apply(sound).AnswerItemsAsync(items),
        };
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = place; seen < value; seen = place)
        {
            Interlocked.CompareExchange(ref place, value, seen);
        }
    }

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
