using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Filip.Elastic.Tests.Stub;

/// <summary>One bulk that reached the stub: it may be applied or not, and answered or not, in any combination.</summary>
internal sealed class StubBulk
{
    private readonly HttpContext _context;
    private readonly StubElastic _stub;

    private StubBulk(HttpContext context, StubElastic stub, byte[] body, int number)
    {
        _context = context;
        _stub = stub;
        Number = number;
        Bytes = body.Length;
        var lines = Encoding.UTF8.GetString(body).TrimEnd('\n').Split('\n');
        for (var i = 0; i < lines.Length; i += 2)
        {
            var id = JsonDocument.Parse(lines[i]).RootElement.GetProperty("index").GetProperty("_id").GetString()!;
            var document = JsonDocument.Parse(lines[i + 1]).RootElement;
            Items.Add((id, document.GetProperty("content_hash").GetString()!));
            Pooled.Add(document.GetProperty("pooled").Clone());
        }
    }

    /// <summary>How many bulks came before it, and this one.</summary>
    public int Number { get; }

    public int Bytes { get; }

    public List<(string Id, string Hash)> Items { get; } = [];

    /// <summary>The vectors as they were sent.</summary>
    public List<JsonElement> Pooled { get; } = [];

    public static async Task<StubBulk> ReadAsync(HttpContext context, StubElastic stub, int number)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return new StubBulk(context, stub, body.ToArray(), number);
    }

    /// <summary>Writes all items, or those that are chosen.</summary>
    public StubBulk Apply(Func<string, bool>? chosen = null)
    {
        foreach (var (id, hash) in Items.Where(item => chosen?.Invoke(item.Id) ?? true))
        {
            _stub.Documents[id] = hash;
        }

        return this;
    }

    /// <summary>Answers item by item, with the error of the recorded bulk of that name; null for none.</summary>
    public async Task AnswerItemsAsync(Func<string, string?>? recorded = null)
    {
        var body = ItemsBody(recorded);
        await StubElastic.JsonAsync(_context, 200, body);
    }

    /// <summary>Answers the whole request with a recorded body.</summary>
    public Task AnswerWholeAsync(int status, string recorded) => StubElastic.JsonAsync(_context, status, RecordedAnswers.Body(recorded));

    /// <summary>Answers with any status and body.</summary>
    public async Task AnswerAsync(int status, string contentType, string body)
    {
        _context.Response.StatusCode = status;
        _context.Response.ContentType = contentType;
        await _context.Response.WriteAsync(body);
    }

    /// <summary>A 200 whose body stops half-way.</summary>
    public async Task CutAsync()
    {
        var body = Encoding.UTF8.GetBytes(ItemsBody(null));
        _context.Response.ContentType = "application/json";
        _context.Response.ContentLength = body.Length;
        await _context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await _context.Response.Body.FlushAsync();
        _context.Abort();
    }

    /// <summary>The connection is gone without an answer.</summary>
    public void Reset() => _context.Abort();

    /// <summary>Headers, and then nothing until the client gives up.</summary>
    public async Task StallAsync()
    {
        _context.Response.ContentType = "application/json";
        await _context.Response.WriteAsync("{\"errors\":");
        await _context.Response.Body.FlushAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, _context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // That is what was waited for.
        }
    }

    private string ItemsBody(Func<string, string?>? recorded)
    {
        var items = new JsonArray();
        var errors = false;
        foreach (var (id, _) in Items)
        {
            var item = new JsonObject { ["_index"] = "stub", ["_id"] = id };
            if (recorded?.Invoke(id) is { } name)
            {
                (item["status"], item["error"]) = RecordedAnswers.Refusal(name) is var (status, error) ? (status, error) : default;
                errors = true;
            }
            else
            {
                item["status"] = 201;
            }

            items.Add(new JsonObject { ["index"] = item });
        }

        return new JsonObject { ["took"] = 1, ["errors"] = errors, ["items"] = items }.ToJsonString();
    }
}
