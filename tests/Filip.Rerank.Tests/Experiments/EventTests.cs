using System.Net;
using System.Text.Json;
using Filip.Rerank.Experiments;
using Filip.Rerank.Tests.Search;
using Filip.Rerank.Tests.Service;

namespace Filip.Rerank.Tests.Experiments;

/// <summary><c>POST /v1/events</c>: all or nothing, on the disk before the answer, and a file at fault is no search at fault.</summary>
public sealed class EventTests(SampleIndex sample)
{
    private const string Click =
        """{"application":"shop","action_name":"click","query_id":"q1","client_id":"s0","timestamp":"2026-05-01T10:00:00Z","event_attributes":{"object":{"object_id":"p1"},"position":{"ordinal":3}}}""";

    private const string View = """{"action_name":"view","query_id":"q1","session_id":"s0","message":"any","event_attributes":{"dwell_time":2.5}}""";

    [Theory]
    [InlineData(Click, 1)]
    [InlineData("[" + Click + "," + View + "]", 2)]
    [InlineData("""{"events":[""" + Click + "," + View + "," + Click + "]}", 3)]
    public async Task One_or_many_are_on_the_disk_when_the_answer_comes(string body, int count)
    {
        await using var service = await ExperimentService.StartAsync(sample, ExperimentMode.Percentage);
        using var answer = await service.PostAsync("/v1/events", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($$"""{"accepted":{{count}}}""", await answer.Content.ReadAsStringAsync());
        var lines = await File.ReadAllLinesAsync(service.EventFile);
        Assert.Equal(count, lines.Length);
        var first = JsonElement.Parse(lines[0]);
        Assert.Equal("p1", first.GetProperty("event_attributes").GetProperty("object").GetProperty("object_id").GetString());
        Assert.Equal("2026-05-01T10:00:00Z", first.GetProperty("timestamp").GetString());
        if (count > 1)
        {
            // A time nobody gave is now; what the caller added stays.
            var second = JsonElement.Parse(lines[1]);
            Assert.True(second.GetProperty("timestamp").TryGetDateTimeOffset(out _));
            Assert.Equal(2.5, second.GetProperty("event_attributes").GetProperty("dwell_time").GetDouble());
            Assert.Equal("any", second.GetProperty("message").GetString());
        }
    }

    [Fact]
    public async Task A_callers_claim_to_credit_is_not_kept()
    {
        await using var service = await ExperimentService.StartAsync(sample, ExperimentMode.Percentage);
        var forged = Click.Replace("\"position\"", "\"experiment\":{\"id\":\"test\",\"team\":\"b\"},\"position\"", StringComparison.Ordinal);
        using var answer = await service.PostAsync("/v1/events", forged);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var line = Assert.Single(await File.ReadAllLinesAsync(service.EventFile));
        Assert.DoesNotContain("experiment", line, StringComparison.Ordinal);
        Assert.Contains("ordinal", line, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { Without("action_name"), "[1].action_name" },
        { Without("query_id"), "[1].query_id" },
        { Without("client_id"), "[1].client_id" },
        { Click.Replace("\"q1\"", "7", StringComparison.Ordinal), "[1].query_id" },
        { Click.Replace("q1", new string('q', 129), StringComparison.Ordinal), "[1].query_id" },
        { Click.Replace("2026-05-01T10:00:00Z", "yesterday", StringComparison.Ordinal), "[1].timestamp" },
        { Click.Replace("\"2026-05-01T10:00:00Z\"", "1777629600", StringComparison.Ordinal), "[1].timestamp" },
        { Click.Replace("""{"object_id":"p1"}""", "{}", StringComparison.Ordinal), "[1].event_attributes.object.object_id" },
        { Click.Replace("\"p1\"", "5", StringComparison.Ordinal), "[1].event_attributes.object.object_id" },
        { Click.Replace("""{"object_id":"p1"}""", "\"p1\"", StringComparison.Ordinal), "[1].event_attributes.object" },
        { Click.Replace(":3}", ":-1}", StringComparison.Ordinal), "[1].event_attributes.position.ordinal" },
        { Click.Replace(":3}", ":1.5}", StringComparison.Ordinal), "[1].event_attributes.position.ordinal" },
        { "7", "[1]" },
        { Click.Replace("shop", new string('x', 129), StringComparison.Ordinal), "[1].application" },
        { View.Replace("\"any\"", $"\"{new string('x', 17_000)}\"", StringComparison.Ordinal), "[1]" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_event_is_named_by_its_place_and_none_of_the_request_is_kept(string bad, string field)
    {
        await using var service = await ExperimentService.StartAsync(sample, ExperimentMode.Percentage);
        using var refused = await service.PostAsync("/v1/events", $"[{View},{bad}]");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problem = await RunningService.ProblemOfAsync(refused);
        Assert.Equal(field, problem.GetProperty("field").GetString());
        Assert.Contains("Event 1", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllLinesAsync(service.EventFile));
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest, "MALFORMED_JSON")]
    [InlineData("7", HttpStatusCode.BadRequest, "MALFORMED_JSON")]
    [InlineData("""{"events":7}""", HttpStatusCode.BadRequest, "INVALID_VALUE")]
    [InlineData("[]", HttpStatusCode.UnprocessableEntity, "INVALID_VALUE")]
    [InlineData("[7,7,7]", HttpStatusCode.UnprocessableEntity, "INVALID_VALUE")]
    public async Task Bodies_of_no_use_are_refused(string body, HttpStatusCode status, string code)
    {
        await using var service = await ExperimentService.StartAsync(
            sample, ExperimentMode.Percentage, change: options => options with { MaxEvents = 2 });
        using var refused = await service.PostAsync("/v1/events", body);
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(code, (await RunningService.ProblemOfAsync(refused)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Mutated_events_get_documented_statuses_and_every_line_kept_is_one_that_can_be_read()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), out var asked) ? Math.Max(asked / 10, 1) : 200;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FILIP_SEED"), out var given) ? given : 20260101;
        var random = new Random(seed);
        string[] scraps = ["null", "7", "-1", "1e400", "\"\"", "[]", "{}", "true", "\"\\n\"", "\"\\ud800\"", "{\"a\":null}", "\"click\"", "\"2026-02-30\""];
        await using var service = await ExperimentService.StartAsync(sample, ExperimentMode.Percentage);
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var colons = Enumerable.Range(0, Click.Length).Where(at => Click[at] == ':' && Click[at - 1] == '"').ToList();
            var start = colons[random.Next(colons.Count)] + 1;
            var end = Click.IndexOfAny([',', '}'], start);
            var body = string.Concat(Click.AsSpan(0, start), scraps[random.Next(scraps.Length)], Click.AsSpan(end));
            using var answer = await service.PostAsync("/v1/events", random.Next(2) == 0 ? body : $"[{View},{body}]");
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"seed {seed}, case {i}: {answer.StatusCode} {body}");
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                await RunningService.ProblemOfAsync(answer);
                continue;
            }

            kept++;
        }

        Assert.InRange(kept, 1, count - 1);
        foreach (var line in (await File.ReadAllLinesAsync(service.EventFile)).Select(text => JsonElement.Parse(text)))
        {
            Assert.NotEmpty(line.GetProperty("action_name").GetString()!);
            Assert.NotEmpty(line.GetProperty("query_id").GetString()!);
            Assert.True(line.GetProperty("timestamp").TryGetDateTimeOffset(out _));
        }
    }

    [Fact]
    public async Task Without_an_experiment_there_is_nothing_events_belong_to()
    {
        await using var service = await RunningService.StartAsync(sample);
        using var refused = await service.PostAsync("/v1/events", Click);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("NO_EXPERIMENT", (await RunningService.ProblemOfAsync(refused)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_file_that_fails_is_a_503_for_events_and_nothing_to_searches_and_is_opened_anew()
    {
        var full = false;
        var opened = 0;
        MemoryStream kept = new();
        await using var service = await ExperimentService.StartAsync(sample, ExperimentMode.Percentage, change: options => options with
        {
            OpenEvents = () =>
            {
                opened++;
                return new FailingStream(kept, () => full);
            },
        });
        full = true;
        using (var refused = await service.PostAsync("/v1/events", Click))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("EVENTS_UNAVAILABLE", (await RunningService.ProblemOfAsync(refused)).GetProperty("code").GetString());
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        var answer = await service.SearchAsync("""{"query":"a tree"}""", "s1");
        Assert.Equal("b", ExperimentService.Echo(answer).GetProperty("variant").GetString());
        full = false;
        using var accepted = await service.PostAsync("/v1/events", Click);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.True(opened >= 2);
        Assert.Contains("\"q1\"", System.Text.Encoding.UTF8.GetString(kept.ToArray()), StringComparison.Ordinal);
        Assert.Contains(
            "outcome=\"failed\"", await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_short_spoils_no_other()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("filip-lines-").FullName, "deep", "events.jsonl");
        await using (var first = EventLines.Open(path))
        {
            first.Write("{\"a\":1}\n{\"cut\":"u8);
        }

        await using (var second = EventLines.Open(path))
        {
            second.Write("{\"b\":2}\n"u8);
        }

        Assert.Equal(["{\"a\":1}", "{\"cut\":", "{\"b\":2}"], await File.ReadAllLinesAsync(path));
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(path))!, recursive: true);
    }

    [Theory]
    [InlineData("", "name")]
    [InlineData("a b", "name")]
    public async Task Service_does_not_start_with_an_experiment_out_of_range(string name, string says)
    {
        var refused = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => ExperimentService.StartAsync(sample, ExperimentMode.Full, change: options => options with { Name = name }));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => ExperimentService.StartAsync(
            sample, ExperimentMode.Full, change: options => options with { OpenEvents = () => throw new IOException("no disk") }));
    }

    private static string Without(string member) =>
        JsonSerializer.Serialize(JsonElement.Parse(Click).EnumerateObject()
            .Where(one => one.Name != member).ToDictionary(one => one.Name, one => one.Value));

    private sealed class FailingStream(MemoryStream kept, Func<bool> fails) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => kept.Length;

        public override long Position { get => kept.Position; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (fails())
            {
                throw new IOException("No space left on device.");
            }

            kept.Write(buffer, offset, count);
        }
    }
}
