using Filip.Indexer.Elastic;

namespace Filip.Elastic.Tests.Sources;

/// <summary>How <c>es://</c> is read, and what is said of one that cannot be.</summary>
public sealed class SourceAddressTests
{
    private const string Target = "http://target:9201,other:9202/pictures-side";

    [Theory]
    [InlineData("es://products", "http://target:9201,other:9202/products")]
    [InlineData("es://products/", "http://target:9201,other:9202/products")]
    [InlineData("es://host/products", "http://host:9200/products")]
    [InlineData("es://host:9300,second:9301/products?path=p", "http://host:9300,second:9301/products")]
    [InlineData("es+http://host/products", "http://host:9200/products")]
    [InlineData("ES+HTTPS://user:se%2Fcret@host/products", "https://host:9200/products")]
    public void The_cluster_is_named_or_the_targets(string source, string expected)
    {
        Assert.True(ElasticSourceAddress.IsOne(source));
        Assert.Equal(expected, $"{ElasticSourceAddress.Parse(source, Target).Index}");
    }

    [Fact]
    public void Credentials_are_the_addresss_own_or_the_targets()
    {
        Assert.Equal("secret/", ElasticSourceAddress.Parse("es://user:secret%2F@host/products", Target).Index.Password);
        Assert.Equal("pw", ElasticSourceAddress.Parse("es://products", "http://me:pw@host/side").Index.Password);
    }

    [Fact]
    public void Parameters_are_read_as_they_were_written()
    {
        var options = ElasticSourceAddress.Parse(
            """es://products?path=media.image.file&url=link&caption=title&fields=brand,%20price&root=.&query={"range":{"@timestamp":{"gte":"now-1d+1h%26"}}}&page=7""",
            Target).Options;
        Assert.Equal(("media.image.file", "link", "title", ".", 7), (options.Path, options.Url, options.Caption, options.Root, options.PageSize));
        Assert.Equal(["brand", "price"], options.Fields!);
        Assert.Equal("""{"range":{"@timestamp":{"gte":"now-1d+1h&"}}}""", options.Query!.Value.GetRawText());
    }

    [Fact]
    public void No_fields_and_fields_that_are_not_named_are_two_things()
    {
        Assert.Empty(ElasticSourceAddress.Parse("es://products?fields=", Target).Options.Fields!);
        Assert.Null(ElasticSourceAddress.Parse("es://products", Target).Options.Fields);
    }

    [Theory]
    [InlineData("es://products?pth=x", "path, url, caption, fields, root, query, page")]
    [InlineData("es://products?path", "expected path=")]
    [InlineData("es://products?path=a&path=b", "twice")]
    [InlineData("es://products?path=", "names no field")]
    [InlineData("es://products?fields=a,b*", "names no field")]
    [InlineData("es://products?page=0", "1 to 10000")]
    [InlineData("es://products?page=10001", "1 to 10000")]
    [InlineData("es://products?query={", "no JSON")]
    [InlineData("es://products?query=[]", "no JSON object")]
    [InlineData("es://products?root=/nowhere/at/all", "no folder")]
    [InlineData("es://host:9200", "no index")]
    [InlineData("es+https://products", "no index")]
    [InlineData("es+ftp://host/products", "es+https")]
    [InlineData("es://host/Products", "lower case")]
    [InlineData("es://host/a,b", "cannot be")]
    public void What_cannot_be_read_is_refused_with_what_is_expected(string source, string said)
    {
        var problem = Assert.Throws<FormatException>(() => ElasticSourceAddress.Parse(source, Target));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_as_target_names_no_cluster()
    {
        var problem = Assert.Throws<FormatException>(() => ElasticSourceAddress.Parse("es://products?path=p", "some/folder"));
        Assert.Contains("es://host:9200/products", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("es://user:hidden?w@host:9200/products")]
    [InlineData("es://user:hid/den?w@host:9200/products")]
    [InlineData("es://user:hidden@host:9200")]
    [InlineData("es://user:hid/den@host:9200/products")]
    [InlineData("es+https://user:hidden@host:9200/Products")]
    public void A_password_is_never_said_again(string source)
    {
        var problem = Assert.Throws<FormatException>(() => ElasticSourceAddress.Parse(source, Target));
        Assert.DoesNotContain("hid", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("den", problem.Message, StringComparison.Ordinal);
    }
}
