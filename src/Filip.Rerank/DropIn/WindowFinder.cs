using Filip.Recall;
using Filip.Rerank.Elastic;
using Filip.Rerank.Search;

namespace Filip.Rerank.DropIn;

/// <summary>One window on its way: asked for, read, its candidates named.</summary>
/// <param name="options">What is taken.</param>
/// <param name="passage">The way to Elasticsearch.</param>
/// <param name="search">The caller's search.</param>
/// <param name="plan">What is done with it.</param>
internal sealed class WindowFinder(DropInOptions options, ElasticPassage passage, CallerSearch search, WindowPlan plan) : IDisposable
{
    private PassageBody? _text;

    /// <summary>Elasticsearch's answer.</summary>
    public HttpResponseMessage? Response { get; private set; }

    /// <summary>Its body, where it was read.</summary>
    public ReadOnlyMemory<byte> Text => _text!.Bytes;

    /// <summary>Its places, where it is a page of hits.</summary>
    public ElasticPage? Page { get; private set; }

    /// <summary>Whether Elasticsearch refused the search as we widened it.</summary>
    public bool Refused => Response is { StatusCode: System.Net.HttpStatusCode.BadRequest };

    /// <summary>Asks for the window; null where there is nothing to re-score.</summary>
    public async Task<FoundWindow?> FindAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Response = await passage.SendAsync(
            search.Method, search.Path + search.Query.Without("from", "size"), body, search.Headers.ForChangedBody(), cancellationToken)
            .ConfigureAwait(false);
        if (!PassedAnswer.IsPage(Response))
        {
            return null;
        }

        _text = await PassedAnswer.ReadAsync(Response, options, cancellationToken).ConfigureAwait(false);
        Page = ElasticPage.Read(_text.Bytes.Span);
        List<Candidate> candidates = [];
        foreach (var hit in Page.Hits.Take(plan.Window))
        {
            if (hit is not { Index: { } index, Id: { } id })
            {
                return null;
            }

            candidates.Add(new Candidate(CallerPatchStore.KeyOf(index, id), candidates.Count + 1, hit.RecallScore ?? double.NaN));
        }

        var store = new CallerPatchStore(passage, search.Headers, search.Index, search.Query.Only("routing", "preference"));
        return new FoundWindow(candidates, Page.Partial, store);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Response?.Dispose();
        _text?.Dispose();
    }
}
