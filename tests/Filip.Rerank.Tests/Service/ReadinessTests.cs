using System.Net;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Rerank.Tests.Search;

namespace Filip.Rerank.Tests.Service;

/// <summary>An index that goes away and comes back is seen by the readiness check and in the metrics, without a restart.</summary>
public sealed class ReadinessTests(SampleIndex sample)
{
    [Fact]
    public async Task An_index_that_is_away_is_said_with_its_reason_and_in_the_metrics_until_it_is_back()
    {
        LeavingSource? source = null;
        await using var service = await RunningService.StartAsync(
            sample,
            options => options with { ReadyEvery = TimeSpan.FromMilliseconds(20) },
            parts: parts => parts with { CandidateSource = source = new LeavingSource(parts.CandidateSource) });
        await ExpectAsync(service, HttpStatusCode.OK, "filip_ready 1");
        source!.Away = true;
        var reason = await ExpectAsync(service, HttpStatusCode.ServiceUnavailable, "filip_ready 0");
        Assert.Contains("nobody answers", reason, StringComparison.Ordinal);
        Assert.Contains("NOT_READY", reason, StringComparison.Ordinal);
        source.Away = false;
        await ExpectAsync(service, HttpStatusCode.OK, "filip_ready 1");
    }

    private static async Task<string> ExpectAsync(RunningService service, HttpStatusCode status, string metric)
    {
        var stop = TestContext.Current.CancellationToken;
        using var answer = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), stop);
        Assert.Equal(status, answer.StatusCode);

        // The meter is the process's: beside this service others of other tests set it too, so it is waited for.
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (!(await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), stop)).Split('\n').Any(line => Bare(line) == metric))
        {
            Assert.True(DateTime.UtcNow < until, $"/metrics did not say '{metric}'.");
            await Task.Delay(50, stop);
        }

        return await answer.Content.ReadAsStringAsync(stop);
    }

    // A sample without its labels and time stamp.
    private static string Bare(string line)
    {
        var words = (line.Contains('{', StringComparison.Ordinal) ? line[..line.IndexOf('{')] + line[(line.IndexOf('}') + 1)..] : line).Split(' ');
        return words.Length > 1 ? $"{words[0]} {words[1]}" : line;
    }

    private sealed class LeavingSource(ICandidateSource inner) : ICandidateSource
    {
        private volatile bool _away;

        public bool Away
        {
            get => _away;
            set => _away = value;
        }

        public IndexStamp Stamp => inner.Stamp;

        public string Generation => inner.Generation;

        public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) => inner.FindAsync(request, cancellationToken);

        public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
            IReadOnlyList<string> ids, CancellationToken cancellationToken) => inner.GetFieldsAsync(ids, cancellationToken);

        public ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
            Away ? throw new IOException("nobody answers") : inner.CountAsync(cancellationToken);

        public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) => inner.HasFieldAsync(field, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
