using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>Indexing as a user runs it, on small folders and on hostile ones.</summary>
public sealed class IndexingTests
{
    [Fact]
    public async Task Good_pictures_are_indexed_bad_ones_have_a_reason_and_the_exit_code_is_3()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("pictures"));
        foreach (var picture in Samples(3))
        {
            File.Copy(picture, scratch.At("pictures", Path.GetFileName(picture)));
        }

        File.WriteAllText(scratch.At("pictures", "text.jpg"), "this is no picture");
        File.WriteAllBytes(scratch.At("pictures", "empty.png"), []);
        File.WriteAllBytes(scratch.At("pictures", "cut.jpg"), File.ReadAllBytes(Samples(1)[0])[..1500]);
        File.WriteAllText(scratch.At("pictures", "notes.txt"), "passed over");

        var summary = (await FilipProgram.RunAsync("index", scratch.At("pictures"), "--to", scratch.At("index"), "--output", "json")).Json(exitCode: 3);
        Assert.Equal(3, summary.GetProperty("indexed").GetInt32());
        Assert.Equal(3, summary.GetProperty("failed").GetInt32());
        var letters = File.ReadAllLines(summary.GetProperty("dead_letters").GetString()!);
        Assert.Equal(3, letters.Length);
        Assert.All(letters, letter => Assert.Contains("\"reason\":", letter, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_run_sends_what_changed_and_prune_removes_what_is_gone()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("pictures"));
        var pictures = Samples(5);
        foreach (var picture in pictures[..4])
        {
            File.Copy(picture, scratch.At("pictures", Path.GetFileName(picture)));
        }

        var words = (string[])["index", scratch.At("pictures"), "--to", scratch.At("index"), "--output", "json"];
        Assert.Equal(4, (await FilipProgram.RunAsync(words)).Json().GetProperty("indexed").GetInt32());
        Assert.Equal(4, (await FilipProgram.RunAsync(words)).Json().GetProperty("unchanged").GetInt32());

        File.Copy(pictures[4], scratch.At("pictures", Path.GetFileName(pictures[0])), overwrite: true);
        File.Delete(scratch.At("pictures", Path.GetFileName(pictures[1])));
        var third = (await FilipProgram.RunAsync([.. words, "--prune"])).Json();
        Assert.Equal(1, third.GetProperty("indexed").GetInt32());
        Assert.Equal(2, third.GetProperty("unchanged").GetInt32());
        Assert.Equal(1, third.GetProperty("pruned").GetInt32());
    }

    [Fact]
    public async Task Generations_are_built_beside_promoted_and_rolled_back()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("pictures"));
        File.Copy(Samples(1)[0], scratch.At("pictures", "one.jpg"));
        var index = scratch.At("index");
        var words = (string[])["index", scratch.At("pictures"), "--to", index, "--output", "json"];
        var first = (await FilipProgram.RunAsync(words)).Json().GetProperty("generation").GetString();
        File.Copy(Samples(2)[1], scratch.At("pictures", "two.jpg"));
        var second = (await FilipProgram.RunAsync([.. words, "--new-generation"])).Json().GetProperty("generation").GetString();
        Assert.NotEqual(first, second);
        Assert.Equal(1, await CountAsync(index));
        Assert.Equal(second, (await FilipProgram.RunAsync("promote", index, "--output", "json")).Json().GetProperty("generation").GetString());
        Assert.Equal(2, await CountAsync(index));
        Assert.Equal(first, (await FilipProgram.RunAsync("rollback", index, "--output", "json")).Json().GetProperty("generation").GetString());
        Assert.Equal(1, await CountAsync(index));
    }

    [Fact]
    public async Task Deleted_pictures_are_gone()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("pictures"));
        foreach (var picture in Samples(3))
        {
            File.Copy(picture, scratch.At("pictures", Path.GetFileName(picture)));
        }

        (await FilipProgram.RunAsync("index", scratch.At("pictures"), "--to", scratch.At("index"))).Expect(0);
        File.WriteAllLines(scratch.At("ids"), [Path.GetFileName(Samples(1)[0]), "nobody"]);
        var answer = (await FilipProgram.RunAsync("delete", scratch.At("index"), "--ids", scratch.At("ids"), "--output", "json")).Json();
        Assert.Equal(1, answer.GetProperty("deleted").GetInt32());
        Assert.Equal(1, answer.GetProperty("not_found").GetInt32());
        Assert.Equal(2, await CountAsync(scratch.At("index")));
    }

    private static async Task<int> CountAsync(string index) =>
        (await FilipProgram.RunAsync("search", index, "a picture", "--recall-only", "--output", "json")).Json().GetProperty("results").GetArrayLength();

    private static string[] Samples(int count) =>
        [.. Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures")).Order(StringComparer.Ordinal).Take(count)];
}
