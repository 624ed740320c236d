using System.Globalization;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Online;

/// <summary>Reads a rung's evidence off its events.</summary>
/// <remarks>
/// What is asked was planned before: so many sessions that an effect of the planned size is found four times in five, a split
/// as planned, B no slower than its budget, and an outcome that allows the next rung. Looking every day and stopping at the
/// first good one finds effects that are not there; so the number of sessions is a check of its own.
/// </remarks>
public static class RungAnalysis
{
    private const string A = "a";
    private const string B = "b";
    private const double MostDropped = 0.10;
    private const double MostFailed = 0.01;
    private const double MostUnmixed = 0.05;

    /// <summary>Normal quantiles of 5 % two-sided and of a power of 80 %, added and squared.</summary>
    private const double PowerFactor = (1.959964 + 0.841621) * (1.959964 + 0.841621);

    private const double Z95 = 1.959964;

    /// <summary>Analyses.</summary>
    /// <param name="log">The rung's events.</param>
    /// <param name="plan">What was planned.</param>
    /// <param name="options">Seed and resamples.</param>
    public static RungEvidence Of(ExperimentLog log, RungPlan plan, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(plan);
        var shares = plan is { Rung: Rung.Percentage, Share: > 0 and < 1 }
            ? new Dictionary<string, double> { [A] = 1 - plan.Share, [B] = plan.Share }
            : null;
        var answer = EventAnalysis.Of(log.Events, plan.Experiment, shares, options);
        var a = LatencyUse.Of(log.Times.Where(time => time.A is not null).Select(time => time.A!.Value));
        var b = LatencyUse.Of(log.Times.Where(time => time.B is not null).Select(time => time.B!.Value));
        var (winner, checks) = plan.Rung switch
        {
            Rung.Shadow => (null, Shadow(log.Shadows, plan)),
            Rung.Percentage => Percentage(answer, log, plan),
            Rung.Interleave => Interleave(answer, log, plan),
            _ => ((string?)null, (EvidenceCheck[])[]),
        };
        if (plan.Rung != Rung.Full)
        {
            checks = [.. checks, Latency(a, b, plan.LatencyBudgetMs)];
        }

        return new RungEvidence(
            plan.Mode, answer, winner, a, b, plan.Rung == Rung.Shadow ? log.Shadows : null, log.Uncounted, log.StrayClicks, log.ForeignLines,
            log.BadLines, checks);
    }

    private static EvidenceCheck[] Shadow(ShadowOutcome shadows, RungPlan plan)
    {
        int answered = shadows.Done + shadows.Degraded;
        int asked = answered + shadows.Failed;
        int all = asked + shadows.Dropped;
        return
        [
            Check("power", answered >= plan.ShadowSearches, $"{answered} of the {plan.ShadowSearches} planned shadow searches were answered"),
            Check("ratio", all > 0 && shadows.Dropped <= MostDropped * all,
                $"{shadows.Dropped} of {all} shadow searches were dropped because the service was busy, at most {MostDropped:P0} may be"),
            Check("soundness", asked > 0 && shadows.Degraded + shadows.Failed <= MostFailed * asked,
                $"{shadows.Degraded + shadows.Failed} of {asked} shadow searches failed or gave a lesser order, at most {MostFailed:P0} may"),
        ];
    }

    private static (string? Winner, EvidenceCheck[] Checks) Percentage(EventAnswer answer, ExperimentLog log, RungPlan plan)
    {
        var (a, b) = (Arm(answer, A), Arm(answer, B));
        long fewer = Math.Min(a.Sessions, b.Sessions);
        double rate = (a.ClickedSessions + b.ClickedSessions) / (double)Math.Max(1, a.Sessions + b.Sessions);

        // Without a click yet the rate is not 0; the effect that is looked for is the least it can be.
        rate = Math.Clamp(rate, plan.SmallestEffect, 1 - plan.SmallestEffect);
        long needed = (long)Math.Ceiling(PowerFactor * 2 * rate * (1 - rate) / (plan.SmallestEffect * plan.SmallestEffect));
        var difference = Difference(a, b);
        string? winner = difference is { Low: > 0 } ? B : difference is { High: < 0 } ? A : null;
        int degraded = log.Degraded.GetValueOrDefault(B);
        int pages = log.Times.Count(time => time.B is not null);
        return (winner,
        [
            Check("power", fewer >= needed, $"the smaller variant has {fewer} of the {needed} sessions that a difference of {plan.SmallestEffect:R} asks for"),
            Ratio(answer, plan.Share),
            Check("soundness", pages > 0 && degraded <= MostFailed * pages,
                $"{degraded} of B's {pages} pages were a lesser order, at most {MostFailed:P0} may be"),
            Check("outcome", difference is not null && winner != A, difference is { } interval
                ? $"sessions that click: A {Share(a)}, B {Share(b)}, difference {interval.Low:+0.0000;-0.0000} to {interval.High:+0.0000;-0.0000}; B must not be worse"
                : "a variant has no session yet"),
        ]);
    }

    private static (string? Winner, EvidenceCheck[] Checks) Interleave(EventAnswer answer, ExperimentLog log, RungPlan plan)
    {
        int votes = answer.Preference is { } some ? some.WinsA + some.WinsB + some.Ties : 0;
        double spread = Spread(answer.Preference);
        int? needed = Power.QueriesNeeded(plan.SmallestEffect / spread);
        var interval = answer.Preference?.Ci95;
        string? winner = interval is { Low: > 0 } ? B : interval is { High: < 0 } ? A : null;
        int unmixed = log.Uncounted.GetValueOrDefault("degraded");
        int pages = log.Events.Count(one => one.Action == "impression") + unmixed;
        var picks = log.Picks;
        var balance = picks.A + picks.B == 0 ? (GoodnessOfFit?)null : GoodnessOfFit.Of([picks.A, picks.B], [0.5, 0.5]);
        return (winner,
        [
            Check("power", votes >= needed, $"{votes} of the {needed} voting sessions that a preference of {plan.SmallestEffect:R} asks for"),
            Check("ratio", balance?.P >= EventAnswer.RatioAlarm && answer.SwitchedSessions == 0, balance is { } fit
                ? $"first pages show {picks.A} picks of A and {picks.B} of B, p = {fit.P:G3}, below {EventAnswer.RatioAlarm:R} the draft is not even"
                : "no page shows picks that only one of them would have made"),
            Check("soundness", pages > 0 && unmixed <= MostUnmixed * pages,
                $"{unmixed} of {pages} pages could not be mixed because an order was late or a lesser one, at most {MostUnmixed:P0} may be"),
            Check("outcome", winner == B, answer.Preference is { Value: { } value, Ci95: { } ci }
                ? $"preference for B {value:+0.0000;-0.0000} in {ci.Low:+0.0000;-0.0000} to {ci.High:+0.0000;-0.0000}; the interval must lie above 0"
                : "no session has voted yet"),
        ]);
    }

    private static EvidenceCheck Ratio(EventAnswer answer, double share)
    {
        if (answer.SampleRatio is not { } fit)
        {
            return Check("ratio", false, $"there are no sessions to hold against B's share of {share:R}, or nothing is split at that share");
        }

        return Check("ratio", answer.Sound,
            $"sessions against B's planned share of {share:R}: p = {fit.P:G3}, below {EventAnswer.RatioAlarm:R} the split is broken; {answer.SwitchedSessions} sessions saw both, none may");
    }

    private static EvidenceCheck Latency(LatencyUse a, LatencyUse b, double budget) => a.P95Ms is { } slowA && b.P95Ms is { } slowB
        ? Check("latency", slowB - slowA <= budget, $"p95 A {slowA:F1} ms, B {slowB:F1} ms; B may take {budget:R} ms more")
        : Check("latency", false, "the times of both variants are not measured yet");

    private static EvidenceCheck Check(string name, bool passed, string what) => new(name, passed, what);

    private static ArmUse Arm(EventAnswer answer, string name) =>
        answer.Arms.FirstOrDefault(arm => arm.Variant == name) ?? new ArmUse(name, 0, 0);

    private static string Share(ArmUse arm) => (arm.ClickedSessions / (double)arm.Sessions).ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>The 95 % interval of the difference of two shares; never narrower than one session's weight would make it.</summary>
    private static Interval? Difference(ArmUse a, ArmUse b)
    {
        if (a.Sessions == 0 || b.Sessions == 0)
        {
            return null;
        }

        // One click and one pass added on either side: shares of 0 and 1 have no spread otherwise (Agresti and Caffo).
        var (sharePlusA, sharePlusB) = ((a.ClickedSessions + 1.0) / (a.Sessions + 2.0), (b.ClickedSessions + 1.0) / (b.Sessions + 2.0));
        double half = Z95 * Math.Sqrt(
            (sharePlusA * (1 - sharePlusA) / (a.Sessions + 2.0)) + (sharePlusB * (1 - sharePlusB) / (b.Sessions + 2.0)));
        return new Interval(sharePlusB - sharePlusA - half, sharePlusB - sharePlusA + half);
    }

    /// <summary>The spread of the votes, each −1/2, 0 or 1/2; without any spread yet, that of even votes.</summary>
    private static double Spread(Preference? votes)
    {
        if (votes?.Value is not { } mean)
        {
            return 0.5;
        }

        double all = votes.WinsA + votes.WinsB + votes.Ties;
        double variance = ((votes.WinsA + votes.WinsB) / (4 * all)) - (mean * mean);
        return variance > 1e-9 ? Math.Sqrt(variance) : 0.5;
    }
}
