using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>What a user types wrong costs one clear line and the documented exit code; what is right does what it says.</summary>
public sealed class CommandLineTests(SampleIndex samples)
{
    [Theory]
    [InlineData("search")]
    [InlineData("search", "INDEX")]
    [InlineData("search", "INDEX", "")]
    [InlineData("search", "INDEX", "   ")]
    [InlineData("search", "no-such-index", "a cat")]
    [InlineData("search", "INDEX", "a cat", "--filter", "sold")]
    [InlineData("search", "INDEX", "a cat", "--top", "many")]
    [InlineData("search", "INDEX", "a cat", "--no-such-option")]
    [InlineData("search", "INDEX", "a cat", "--model", "no-such-folder")]
    [InlineData("search", "ftp://nowhere/index", "a cat")]
    [InlineData("search", "http://127.0.0.1:1/Upper", "a cat")]
    [InlineData("index", "no-such-folder", "--to", "somewhere")]
    [InlineData("index", "README.md", "--to", "somewhere")]
    [InlineData("index", "samples", "--to", "somewhere", "--shard", "3/2")]
    [InlineData("index", "samples")]
    [InlineData("inspect", "INDEX", "nobody")]
    [InlineData("model", "encode", "models")]
    [InlineData("model", "encode", "no-such-folder", "--text", "a")]
    [InlineData("model", "tokenize", "--tokenizer", "sentencepiece", "--files", "models", "--texts", "x.jsonl")]
    [InlineData("score", "a cat", "no-such-picture.jpg")]
    [InlineData("no-such-verb")]
    public async Task Wrong_words_cost_one_line_and_exit_code_2(params string[] words)
    {
        var run = await FilipProgram.RunAsync([.. words.Select(word => word == "INDEX" ? samples.Path : word)]);
        run.ExpectOneLine(2);
        Assert.Empty(run.Stdout);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_exit_code_4()
    {
        var line = (await FilipProgram.RunAsync("search", "http://127.0.0.1:1/pictures", "a cat")).ExpectOneLine(4);
        Assert.Contains("127.0.0.1:1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_the_url_is_never_repeated()
    {
        var run = await FilipProgram.RunAsync("search", "http://elastic:s3cret-word@127.0.0.1:1/pictures", "a cat");
        Assert.DoesNotContain("s3cret-word", run.Expect(4).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_answers_the_object_of_the_service()
    {
        var answer = (await FilipProgram.RunAsync("search", samples.Path, "the small pink diamond", "--top", "5", "--output", "json")).Json();
        Assert.Equal(5, answer.GetProperty("results").GetArrayLength());
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        var first = answer.GetProperty("results")[0];
        Assert.Equal(1, first.GetProperty("rank").GetInt32());
        Assert.True(first.GetProperty("recall_rank").GetInt32() >= 1);
        Assert.True(first.GetProperty("score").GetDouble() > 0);
    }

    [Fact]
    public async Task An_at_sign_is_a_query_not_a_file_of_options()
    {
        (await FilipProgram.RunAsync("search", samples.Path, "@README.md", "--output", "json")).Expect(0);
    }

    [Fact]
    public async Task Search_by_picture_finds_the_picture_itself()
    {
        var picture = Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures")).Order(StringComparer.Ordinal).First();
        var answer = (await FilipProgram.RunAsync("search", samples.Path, "--image", picture, "--top", "1", "--output", "json")).Json();
        Assert.Equal(Path.GetFileNameWithoutExtension(picture), answer.GetProperty("results")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Explain_draws_a_picture_a_result()
    {
        using var scratch = new ScratchFolder();
        (await FilipProgram.RunAsync(
            "search", samples.Path, "a yellow moon", "--top", "2", "--explain", scratch.At("maps"), "--pictures", GoldenFiles.Samples)).Expect(0);
        var drawn = Directory.GetFiles(scratch.At("maps"), "*.png");
        Assert.Equal(2, drawn.Length);
        Assert.All(drawn, file => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(file)[..4]));
    }

    [Theory]
    [InlineData("C")]
    [InlineData("de_DE.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    public async Task The_answer_does_not_hang_on_the_locale(string locale)
    {
        var words = (string[])["search", samples.Path, "a yellow SHIP", "--output", "jsonl"];
        var plain = await FilipProgram.RunAsync(words);
        var local = await FilipProgram.RunAsync(new Dictionary<string, string?> { ["LC_ALL"] = locale }, words);
        Assert.Equal(plain.Expect(0).Stdout, local.Expect(0).Stdout);
    }

    [Fact]
    public async Task Score_prints_every_contract()
    {
        var answer = (await FilipProgram.RunAsync(
            "score", "a yellow moon", Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures"))[0], "--output", "json")).Json();
        Assert.Equal(
            ["colbert-sum", "filip-i2t", "filip-mean", "filip-t2i", "pooled", "pooled-mean", "zero-pad-i2t"],
            answer.GetProperty("scores").EnumerateObject().Select(score => score.Name).Order(StringComparer.Ordinal));
        var sum = answer.GetProperty("alignment").EnumerateArray().Sum(token => token.GetProperty("contribution").GetDouble());
        Assert.Equal(answer.GetProperty("scores").GetProperty("filip-t2i").GetDouble(), sum, 1e-9);
    }

    [Fact]
    public async Task Model_check_and_doctor_and_verify_find_nothing_wrong()
    {
        foreach (var words in (string[][])[["model", "check", "models"], ["doctor", samples.Path], ["verify", samples.Path]])
        {
            Assert.True((await FilipProgram.RunAsync([.. words, "--output", "json"])).Json().GetProperty("ok").GetBoolean());
        }
    }

    [Fact]
    public async Task Inspect_decodes_a_record()
    {
        var record = (await FilipProgram.RunAsync("inspect", samples.Path, "scene-00000")).Json();
        Assert.Equal(144, record.GetProperty("patches").GetProperty("rows").GetInt32());
        Assert.Equal(64, record.GetProperty("patches").GetProperty("first_row").GetArrayLength());
        Assert.Equal(JsonValueKind.Object, record.GetProperty("attributes").ValueKind);
    }
}
