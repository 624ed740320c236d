using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;
using Spectre.Console;

namespace Filip.Cli.Comparing;

/// <summary>A variant with all its answers.</summary>
/// <param name="Variant">What the comparison takes.</param>
/// <param name="Candidates">Stage one's candidates; null where nobody can tell.</param>
/// <param name="Notes">What a reader must know about how it answered.</param>
internal sealed record AskedVariant(Variant Variant, Run? Candidates, IReadOnlyList<string> Notes);

/// <summary>Asks every query of every variant, one at a time: what is measured beside another query is not its own latency.</summary>
internal static class VariantAsking
{
    /// <summary>Asks all.</summary>
    /// <param name="variants">Each with its spec's text.</param>
    /// <param name="queries">What is asked, at least one.</param>
    /// <param name="quiet">No progress.</param>
    /// <param name="stop">Ends the call.</param>
    public static async Task<IReadOnlyList<AskedVariant>> AskAsync(
        IReadOnlyList<(string Spec, IVariant Variant)> variants, IReadOnlyList<EvaluationQuery> queries, bool quiet, CancellationToken stop)
    {
        if (variants.Count == 0)
        {
            return [];
        }

        var tallies = variants.Select(one => new Tally(one.Spec, one.Variant)).ToArray();

        // The first call of all pays for what is made once; no variant should.
        foreach (var tally in tallies)
        {
            await tally.Variant.AskAsync(queries[0].Text, stop);
        }

        await WithProgressAsync(quiet, queries.Count, async asked =>
        {
            for (var i = 0; i < queries.Count; i++)
            {
                // In turns, so that neither always finds the pages warm that the other has read.
                foreach (var tally in i % 2 == 0 ? tallies : tallies.AsEnumerable().Reverse())
                {
                    tally.Add(queries[i], await tally.Variant.AskAsync(queries[i].Text, stop));
                }

                asked(i + 1);
            }
        });
        return [.. tallies.Select(tally => tally.Result(queries.Count))];
    }

    private static async Task WithProgressAsync(bool quiet, int queries, Func<Action<int>, Task> work)
    {
        if (quiet || !Screen.Notes.Profile.Capabilities.Interactive || !Screen.Notes.Profile.Capabilities.Ansi)
        {
            await work(_ => { });
            return;
        }

        await Screen.Notes.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("asking", maxValue: queries);
                await work(done =>
                {
                    task.Value = done;
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {queries:N0} queries");
                });
            });
    }

    private sealed class Tally(string spec, IVariant variant)
    {
        private readonly List<KeyValuePair<string, IReadOnlyList<string>>> _answers = [];
        private readonly List<KeyValuePair<string, IReadOnlyList<string>>> _candidates = [];
        private readonly List<double> _times = [];
        private readonly List<string> _refusals = [];
        private readonly List<string> _degraded = [];

        public IVariant Variant => variant;

        public void Add(EvaluationQuery query, VariantAnswer answer)
        {
            if (answer.Refusal is { } why)
            {
                _refusals.Add($"{query.Id}: {why}");
                return;
            }

            _answers.Add(new(query.Id, answer.Ids));
            _times.Add(answer.Milliseconds);
            if (answer.Candidates is not null)
            {
                _candidates.Add(new(query.Id, answer.Candidates));
            }

            if (answer.Degraded is { } reason)
            {
                _degraded.Add(reason);
            }
        }

        public AskedVariant Result(int queries)
        {
            if (_answers.Count == 0)
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"'{spec}' answered none of {queries} queries; the first refusal: {_refusals[0]}"));
            }

            var notes = new List<string>();
            if (_refusals.Count > 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"'{spec}' refused {_refusals.Count} of {queries} queries, the first: {_refusals[0]}"));
            }

            if (_degraded.Count > 0)
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{spec}' answered {_degraded.Count} of {queries} queries degraded ({string.Join(", ", _degraded.Distinct())}): a lesser order is measured there."));
            }

            return new AskedVariant(
                new Variant(
                    spec,
                    Run.FromRankings(spec, _answers),
                    new VariantCost(Percentile(0.5), Percentile(0.95), variant.BytesPerPicture)),
                _candidates.Count > 0 ? Run.FromRankings("candidates", _candidates) : null,
                notes);
        }

        /// <summary>The nearest rank: a latency that was measured, none in between.</summary>
        private double Percentile(double share)
        {
            var sorted = _times.Order().ToArray();
            return Math.Round(sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)], 3); // a clock's microseconds
        }
    }
}
