using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Sources;

public sealed class FolderSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task An_id_is_the_path_below_the_folder_with_slashes_and_extension()
    {
        foreach (var name in new[] { "cats/001.png", "dogs/001.png", "dogs/001.jpg", "dogs/002.JPG", "top.WebP", "a b/ü.gif" })
        {
            _scratch.Picture(name);
        }

        var entries = (await ReadAsync()).Entries().ToList();
        Assert.Equal(
            ["a b/ü.gif", "cats/001.png", "dogs/001.jpg", "dogs/001.png", "dogs/002.JPG", "top.WebP"],
            entries.Select(entry => entry.Id).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.True(File.Exists(entry.File)));
        Assert.All(entries, entry => Assert.Equal(entry.Id, entry.Path));
        Assert.Equal(6, await new FolderSource(_scratch.Root).CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Files_that_are_no_pictures_and_hidden_ones_are_passed_over_by_name_and_foreign_pictures_are_not()
    {
        foreach (var name in new[] { "readme.txt", "none", ".hidden.png", ".git/x.png", "old.tiff", "new.HEIC", "a.png" })
        {
            _scratch.Write(name, "x");
        }

        var items = await ReadAsync();
        Assert.Equal(["a.png", "new.HEIC", "old.tiff"], items.Entries().Select(entry => entry.Id).Order(StringComparer.Ordinal));
        Assert.Equal(
            [".git", ".hidden.png", "none", "readme.txt"],
            items.OfType<SourceItem.PassedOver>().Select(item => item.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Links_are_followed_once_and_loops_end()
    {
        _scratch.Picture("pictures/sub/1.png");
        _scratch.Picture("elsewhere/2.png");
        Directory.CreateSymbolicLink(_scratch.At("pictures", "sub", "up"), _scratch.At("pictures"));
        Directory.CreateSymbolicLink(_scratch.At("pictures", "self"), _scratch.At("pictures", "self"));
        Directory.CreateSymbolicLink(_scratch.At("pictures", "away"), _scratch.At("elsewhere"));
        Directory.CreateSymbolicLink(_scratch.At("pictures", "b-away-again"), _scratch.At("elsewhere"));
        Directory.CreateSymbolicLink(_scratch.At("elsewhere", "back"), _scratch.At("pictures"));
        File.CreateSymbolicLink(_scratch.At("pictures", "link.png"), _scratch.At("elsewhere", "2.png"));
        var ids = (await new FolderSource(_scratch.At("pictures")).ToListAsync()).Entries().Select(entry => entry.Id);
        Assert.Equal(["away/2.png", "link.png", "sub/1.png"], ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_unicode_forms_of_a_name_are_two_pictures()
    {
        _scratch.Picture("caf\u00e9.png", 1);
        _scratch.Picture("cafe\u0301.png", 2);
        Assert.SkipUnless(Directory.GetFiles(_scratch.Root).Length == 2, "This file system holds one file for both forms of a name.");
        Assert.Equal(["cafe\u0301.png", "caf\u00e9.png"], (await ReadAsync()).Entries().Select(entry => entry.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_is_a_dead_letter_and_the_rest_goes_on()
    {
        _scratch.Picture("ok/1.png");
        _scratch.Picture("shut/2.png");
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Permissions do not bind this user.");
            return;
        }

        File.SetUnixFileMode(_scratch.At("shut"), UnixFileMode.None);
        try
        {
            var items = await ReadAsync();
            Assert.Equal("ok/1.png", Assert.Single(items.Entries()).Id);
            var letter = Assert.Single(items.Refused());
            Assert.Equal((DeadLetterCode.FolderUnreadable, "shut/", null), (letter.Code, letter.Path, letter.Id));
        }
        finally
        {
            File.SetUnixFileMode(_scratch.At("shut"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_path_too_long_for_an_id_is_a_dead_letter()
    {
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 100), 6)) + "/1.png";
        _scratch.Picture(deep);
        var letter = Assert.Single((await ReadAsync()).Refused());
        Assert.Equal((DeadLetterCode.IdRefused, deep), (letter.Code, letter.Path));
    }

    [Theory]
    [InlineData("nowhere", "neither a folder nor a file")]
    [InlineData("list.txt", "'.txt'")]
    public void A_source_of_no_known_kind_is_refused(string name, string says)
    {
        _scratch.Write("list.txt", "x");
        var refusal = Assert.Throws<SourceRefusedException>(() => PictureSources.Open(_scratch.At(name)));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    private Task<List<SourceItem>> ReadAsync() => new FolderSource(_scratch.Root).ToListAsync();
}
