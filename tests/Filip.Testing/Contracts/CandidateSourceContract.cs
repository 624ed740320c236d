using Filip.Indexer;
using Filip.Recall;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Testing.Contracts;

/// <summary>What every <see cref="ICandidateSource"/> must keep.</summary>
public abstract class CandidateSourceContract : PortContract
{
    /// <summary>How far a recall score may be from the exact dot product.</summary>
    protected virtual double ScoreTolerance => 1e-5;

    /// <summary>Whether records come with the candidates in one round trip.</summary>
    protected virtual bool BringsRecords => false;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Candidates_come_nearest_first_with_ranks_and_dot_products()
    {
        ImageDocument[] documents = [.. Enumerable.Range(0, 60).Select(i => Make($"p{i}"))];
        await using var index = await CreateAsync();
        await index.FillAsync(documents);
        await using var source = await index.OpenSourceAsync();
        Assert.Equal(Stamp, source.Stamp);
        for (var seed = 1; seed <= 5; seed++)
        {
            var query = Vector(seed);
            var expected = documents.Select(document => (document.Id, Score: Dot(query, document.Pooled.Span)))
                .OrderByDescending(pair => pair.Score).Take(10).ToList();
            var answer = await source.FindAsync(new RecallRequest { Pooled = query, Count = 10 }, None);
            Assert.Null(answer.Partial);
            Assert.Equal(expected.Select(pair => pair.Id), Ids(answer));
            Assert.Equal(Enumerable.Range(1, 10), answer.Candidates.Select(candidate => candidate.Rank));
            Assert.All(expected.Zip(answer.Candidates), pair => Assert.Equal(pair.First.Score, pair.Second.Score, ScoreTolerance));
        }
    }

    [Fact]
    public async Task Records_that_are_asked_for_come_in_the_candidates_order_where_the_source_can()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. Enumerable.Range(0, 30).Select(i => Make($"p{i}", recordLength: 100 + i))]);
        await using var source = await index.OpenSourceAsync();
        var request = new RecallRequest { Pooled = Vector(1), Count = 12 };
        var alone = await source.FindAsync(request, None);
        Assert.Null(alone.Records);
        var answer = await source.FindAsync(request with { WithRecords = true }, None);
        Assert.Equal(alone.Candidates, answer.Candidates);
        Assert.Equal(BringsRecords, answer.Records is not null);
        using var records = answer.Records;
        for (var place = 0; place < (records?.Records.Length ?? 0); place++)
        {
            var id = answer.Candidates[place].Id;
            Assert.Equal(Record(id, 1, 100 + int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)), records!.Records[place].ToArray());
        }
    }

    [Fact]
    public async Task Equals_are_ordered_by_id_ordinal()
    {
        string[] ids = ["b", "a", "B", "\uff5e", "\ud83d\ude00", "\u00e9", "10", "9"];
        await using var index = await CreateAsync();
        await index.FillAsync([.. ids.Select(id => Make(id, pooled: Axis(2)))]);
        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(new RecallRequest { Pooled = Axis(2), Count = 20 }, None);
        Assert.Equal(ids.Order(StringComparer.Ordinal), Ids(answer));
    }

    [Fact]
    public async Task Opposite_pictures_are_candidates_too()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("near", pooled: Axis(0)), Make("far", pooled: [.. Axis(0).Select(value => -value)]));
        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(new RecallRequest { Pooled = Axis(0), Count = 5 }, None);
        Assert.Equal(["near", "far"], Ids(answer));
        Assert.Equal(-1, answer.Candidates[1].Score, ScoreTolerance);
    }

    [Fact]
    public async Task An_index_that_holds_fewer_gives_fewer()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"), Make("b"));
        await using var source = await index.OpenSourceAsync();
        Assert.Equal(2, Ids(await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 1000 }, None)).Count);
        Assert.Single(Ids(await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 1 }, None)));
    }

    [Fact]
    public async Task An_empty_index_gives_an_empty_answer()
    {
        await using var index = await CreateAsync();
        await using (var sink = await index.OpenSinkAsync())
        {
            await sink.CompleteAsync(None);
        }

        await using var source = await index.OpenSourceAsync();
        Assert.Equal(0, await source.CountAsync(None));
        Assert.Empty(Ids(await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 5, LexicalText = "word" }, None)));
        Assert.Empty(await source.GetFieldsAsync(["a"], None));
    }

    [Fact]
    public async Task A_vector_of_another_dimension_is_refused()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"));
        await using var source = await index.OpenSourceAsync();
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await source.FindAsync(new RecallRequest { Pooled = new float[Dimension + 1], Count = 5 }, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 0 }, None));
    }

    [Fact]
    public async Task A_deleted_picture_is_gone_and_a_replaced_one_stands_where_its_new_vector_puts_it()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("gone", pooled: Axis(0)), Make("moved", pooled: Axis(0)), Make("stays", pooled: Axis(1)));
        await using (var sink = await index.OpenSinkAsync())
        {
            await sink.DeleteAsync(["gone"], None);
            await sink.WriteAsync([Make("moved", 2, pooled: Axis(3))], None);
            await sink.CompleteAsync(None);
        }

        await using var source = await index.OpenSourceAsync();
        Assert.Equal(2, await source.CountAsync(None));
        Assert.Equal("moved", Ids(await source.FindAsync(new RecallRequest { Pooled = Axis(3), Count = 1 }, None))[0]);
        var answer = await source.FindAsync(new RecallRequest { Pooled = Axis(0), Count = 5 }, None);
        Assert.Equal(["moved", "stays"], Ids(answer));
        Assert.Equal(0, answer.Candidates[0].Score, ScoreTolerance);
    }

    [Fact]
    public async Task Ids_of_any_Unicode_come_back_as_they_were()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. AwkwardIds.Select(id => Make(id))]);
        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 1000 }, None);
        Assert.Equal(AwkwardIds.Order(StringComparer.Ordinal), Ids(answer).Order(StringComparer.Ordinal));
        Assert.Equal(AwkwardIds.Count, (await source.GetFieldsAsync(AwkwardIds, None)).Count);
    }

    [Fact]
    public async Task Many_tasks_may_ask_at_once()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. Enumerable.Range(0, 40).Select(i => Make($"p{i}", attributes: $$"""{"even":{{(i % 2 == 0 ? "true" : "false")}}}"""))]);
        await using var source = await index.OpenSourceAsync();
        var filter = new FieldFilter("even", [Value("true")]);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, stop) =>
        {
            var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(n), Count = 50, Filters = n % 2 == 0 ? [filter] : [] }, stop);
            Assert.Equal(n % 2 == 0 ? 20 : 40, answer.Candidates.Count);
        });
    }

    [Fact]
    public async Task A_cancelled_question_throws()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"));
        await using var source = await index.OpenSourceAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 5 }, new CancellationToken(canceled: true)));
    }

    /// <summary>The ids of an answer, best first.</summary>
    protected static List<string> Ids(RecallAnswer answer) => [.. answer.Candidates.Select(candidate => candidate.Id)];

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }
}
