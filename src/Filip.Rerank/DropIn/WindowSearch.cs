using Filip.Rerank.Elastic;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Filip.Rerank.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.DropIn;

/// <summary>Answers searches that have the member <c>filip</c>: Elasticsearch finds, late interaction orders the first hits.</summary>
/// <param name="options">What is taken.</param>
/// <param name="passage">The way to Elasticsearch.</param>
/// <param name="desk">Places and deadlines, as for every computing route.</param>
internal sealed class WindowSearch(DropInOptions options, ElasticPassage passage, RequestDesk desk)
{
    private SearchEngine Engine => desk.Options.Engine;

    /// <summary>Answers one search.</summary>
    /// <exception cref="RequestRefusedException">The member, or what the search asks for beside it, cannot be.</exception>
    public async Task AnswerAsync(HttpContext context, CallerSearch search, CallerBody body)
    {
        var member = FilipMember.Read(body, Engine.Options);
        if (search.Query.Has("filter_path"))
        {
            throw BodyReader.Refuse(
                RefusalCodes.InvalidValue,
                "'filter_path' cuts the answer before it can be re-ranked; with 'filip', choose fields by '_source' and leave filter_path out.",
                "filter_path");
        }

        using var place = await desk.EnterAsync(context).ConfigureAwait(false);
        desk.Tell(context, member.Query);
        var deadline = desk.DeadlineLeft(member.DeadlineMs, place);
        var plan = WindowPlan.Of(body, search.Query, member, Engine);
        await (plan.Reason is null
            ? RescoreAsync(context, search, body, member, plan, deadline)
            : KeepAsync(context, search, body, plan)).ConfigureAwait(false);
    }

    /// <summary>Elasticsearch's own page, with the reason.</summary>
    private async Task KeepAsync(HttpContext context, CallerSearch search, CallerBody body, WindowPlan plan)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var response = await SendAsync(search, body.WithoutFilip(), search.Query.Text, context.RequestAborted).ConfigureAwait(false);
        if (!PassedAnswer.IsPage(response))
        {
            await PassedAnswer.CopyAsync(context, response).ConfigureAwait(false);
            return;
        }

        using var text = await PassedAnswer.ReadAsync(response, options, context.RequestAborted).ConfigureAwait(false);
        var page = ElasticPage.Read(text.Bytes.Span);
        var took = Math.Round(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, 3);
        var note = new FilipNote(plan.Degraded, plan.Reason, 0, 0, new StageTimings(0, took, 0, 0, took));
        var writer = new PageWriter(text.Bytes, page);
        if (plan.Degraded)
        {
            FilipTelemetry.Degraded(plan.Reason!);
        }

        await PassedAnswer.WriteAsync(
            context, response,
            plan.Reason == DropInReasons.PastWindow
                ? writer.WithEntries(page.Hits.Select((hit, i) => new PageEntry(hit, plan.From + i + 1, null)), null, note)
                : writer.WithNote(note)).ConfigureAwait(false);
    }

    private async Task RescoreAsync(
        HttpContext context, CallerSearch search, CallerBody body, FilipMember member, WindowPlan plan, TimeSpan deadline)
    {
        using var finder = new WindowFinder(options, passage, search, plan);
        var window = await Engine.RescoreWindowAsync(
            member.Query!, deadline, token => finder.FindAsync(body.Widened((int)plan.Wanted), token), context.RequestAborted)
            .ConfigureAwait(false);
        if (window is null && finder.Refused)
        {
            // The caller's own page may be had all the same, and if not, the error is about the caller's own numbers.
            await KeepAsync(context, search, body, plan with { Reason = DropInReasons.WindowRefused }).ConfigureAwait(false);
        }
        else if (finder.Page is not { } page)
        {
            await PassedAnswer.CopyAsync(context, finder.Response!).ConfigureAwait(false);
        }
        else
        {
            await PassedAnswer.WriteAsync(context, finder.Response!, Write(context, finder, page, window, plan)).ConfigureAwait(false);
        }
    }

    private static ReadOnlyMemory<byte> Write(
        HttpContext context, WindowFinder finder, ElasticPage page, RescoredWindow? window, WindowPlan plan)
    {
        var writer = new PageWriter(finder.Text, page);
        if (window is null)
        {
            var unnamed = new FilipNote(true, DropInReasons.NoIds, 0, 0, new StageTimings(0, 0, 0, 0, 0));
            return writer.WithHits(page.Hits.Skip(plan.From).Take(plan.Size), unnamed);
        }

        var answer = window.Answer;
        AnswerWriter.Tell(context, answer);
        var scored = window.Rescored ? answer.Results.Count(result => result.Score is not null) : 0;
        var note = new FilipNote(answer.Degraded, answer.Reason, answer.Results.Count, scored, answer.TimingsMs);
        if (!window.Rescored)
        {
            return writer.WithHits(page.Hits.Skip(plan.From).Take(plan.Size), note);
        }

        var entries = answer.Results
            .Select(result => new PageEntry(page.Hits[result.RecallRank - 1], result.RecallRank, result.Score))
            .Concat(page.Hits.Skip(answer.Results.Count).Select((hit, i) => new PageEntry(hit, answer.Results.Count + i + 1, null)));
        return writer.WithEntries(entries.Skip(plan.From).Take(plan.Size), answer.Results[0].Score, note);
    }

    private Task<HttpResponseMessage> SendAsync(
        CallerSearch search, ReadOnlyMemory<byte> body, string query, CancellationToken cancellationToken) =>
        passage.SendAsync(search.Method, search.Path + query, body, search.Headers.ForChangedBody(), cancellationToken);
}
