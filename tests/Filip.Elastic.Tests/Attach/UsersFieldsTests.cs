using System.Text.Json;
using Filip.Recall;
using Filip.Recall.Elastic;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests.Attach;

/// <summary>Filters and fields of an attached index are the user's own.</summary>
public sealed class UsersFieldsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filters_go_to_the_users_own_fields_by_their_type()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(
            ("a", """{"brand":"Acme Shoes","colour":"red","price":1.5,"stock":3,"sold":true,"since":"2020-01-01","more":{"size":"XL"},"maker":{"name":"M"},"free":"some words"}"""),
            ("b", """{"brand":"Acme","colour":["blue","red"],"price":2,"stock":4,"sold":false,"title":"acme"}"""),
            ("c", """{"colour":"7","stock":null}"""));
        await index.FillAsync("a", "b", "c");
        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        (string Field, string Values, string Expected)[] cases =
        [
            ("brand", """["Acme"]""", "b"), ("brand", """["Acme Shoes"]""", "a"), ("brand", """["acme"]""", ""), ("brand", "[null]", "c"),
            ("colour", """["red"]""", "a,b"), ("colour", """["blue","7"]""", "b,c"), ("colour", """["7",7]""", "c"), ("colour", """["7",null]""", "c"),
            ("price", "[1.5]", "a"), ("price", "[2.0]", "b"), ("price", """["1.5"]""", ""), ("price", "[1e300]", ""), ("price", "[null,2]", "b,c"),
            ("stock", "[3]", "a"), ("stock", "[3.5]", ""), ("stock", "[1e12]", ""), ("stock", "[null]", "c"), ("stock", """["many"]""", ""),
            ("sold", "[true]", "a"), ("sold", """["true",1]""", ""), ("sold", "[false,true]", "a,b"), ("since", """["2020-01-01"]""", "a"),
            ("more.size", """["XL"]""", "a"), ("more.size", "[null]", "b,c"), ("maker.name", """["M"]""", "a"), ("maker", "[null]", "b,c"),
            ("free", """["some words"]""", "a"), ("no such field", "[1]", ""), ("no such field", "[null]", "a,b,c"),
        ];
        foreach (var (field, values, expected) in cases)
        {
            var filter = new FieldFilter(field, [.. Value(values).EnumerateArray()]);
            var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 10, Filters = [filter] }, Stop);
            Assert.True(
                expected == string.Join(',', answer.Candidates.Select(candidate => candidate.Id).Order(StringComparer.Ordinal)),
                $"{field} {values}: {string.Join(',', answer.Candidates.Select(candidate => candidate.Id))}, expected {expected}");
        }

        Assert.True(await source.HasFieldAsync("brand", Stop));
        Assert.True(await source.HasFieldAsync("more.size", Stop));
        Assert.True(await source.HasFieldAsync("maker", Stop));
        Assert.False(await source.HasFieldAsync("brnd", Stop));
        Assert.False(await source.HasFieldAsync("offers", Stop));
    }

    [Theory]
    [InlineData("title", "keyword sub-field")]
    [InlineData("offers.shop", "nested")]
    public async Task A_field_that_cannot_be_compared_is_refused_rather_than_compared_wrongly(string field, string part)
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", """{"title":"acme"}"""));
        await index.FillAsync("a");
        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        var error = await Assert.ThrowsAsync<QuestionRefusedException>(async () => await source.FindAsync(
            new RecallRequest { Pooled = Vector(1), Count = 10, Filters = [new FieldFilter(field, [Value("\"acme\"")])] }, Stop));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_are_the_users_without_ours_and_without_vectors()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(
            ("a", """{"image_path":"a.jpg","brand":["Acme","Other"],"price":1.5,"own":[1,2,3],"maker":{"name":"M","own":[1,2,3]},"free":{"x":[1,null]}}"""),
            ("b", """{"maker.name":"dotted"}"""));
        await using (var sink = await index.AttachAsync(new AttachOptions { PathField = "image_path", CaptionField = "maker.name" }))
        {
            await sink.WriteAsync([Make("a"), Make("b")], Stop);
            await sink.CompleteAsync(Stop);
        }

        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        var fields = await source.GetFieldsAsync(["a", "b"], Stop);
        Assert.Equal(("a.jpg", "M"), (fields["a"].Path, fields["a"].Caption));
        Assert.Equal((null, "dotted"), (fields["b"].Path, fields["b"].Caption));
        var expected = Parse("""{"brand":["Acme","Other"],"price":1.5,"maker":{"name":"M"},"free":{"x":[1,null]}}""");
        Assert.Equal(expected.Keys.Order(), fields["a"].Attributes.Keys.Order());
        Assert.All(expected, member => Assert.True(JsonElement.DeepEquals(member.Value, fields["a"].Attributes[member.Key]), member.Key));
    }

    [Fact]
    public async Task Words_without_a_caption_field_are_refused_with_what_to_do()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", "{}"));
        await index.FillAsync("a");
        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        var error = await Assert.ThrowsAsync<QuestionRefusedException>(
            async () => await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 3, LexicalText = "red" }, Stop));
        Assert.Contains("--caption-field", error.Message, StringComparison.Ordinal);
    }
}
