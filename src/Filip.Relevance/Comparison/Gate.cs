using System.Globalization;
using System.Text.RegularExpressions;
using Filip.Relevance.Metrics;

namespace Filip.Relevance.Comparison;

/// <summary>What a gate said.</summary>
/// <param name="Failed">True where its condition holds: the build should stop.</param>
/// <param name="Sentence">What was compared, with the numbers.</param>
public sealed record GateVerdict(bool Failed, string Sentence);

/// <summary>A condition on B under which a build fails, as <c>ndcg@10 &lt; A - 0.005 (p&lt;0.05)</c>.</summary>
/// <remarks>
/// Left stands B's mean. Right stands A's mean with something added or taken away, or a number alone. With a p in
/// brackets the gate fails only where the randomisation test's p lies below it too.
/// </remarks>
public sealed partial class Gate
{
    private readonly string _text;
    private readonly bool _below;
    private readonly bool _relative;
    private readonly double _offset;
    private readonly double? _alpha;

    private Gate(string text, MetricName metric, bool below, bool relative, double offset, double? alpha)
    {
        _text = text;
        Metric = metric;
        _below = below;
        _relative = relative;
        _offset = offset;
        _alpha = alpha;
    }

    /// <summary>The metric it looks at; the comparison must measure it.</summary>
    public MetricName Metric { get; }

    /// <summary>Reads a gate.</summary>
    /// <param name="text">The condition.</param>
    /// <exception cref="FormatException">It cannot be read; the message shows how one looks.</exception>
    public static Gate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new FormatException(
                $"'{text}' is no gate. Expected METRIC < A - NUMBER (p<NUMBER), the last two optional: 'ndcg@10 < A - 0.005 (p<0.05)'.");
        }

        bool relative = match.Groups["a"].Success;
        double offset = Number(match.Groups[relative ? "offset" : "number"].Value, 0);
        double? alpha = match.Groups["p"].Success ? Number(match.Groups["p"].Value, 0) : null;
        if (alpha is <= 0 or > 1)
        {
            throw new FormatException($"The p in '{text}' must lie between 0 and 1.");
        }

        if (alpha is not null && !relative)
        {
            throw new FormatException($"The p in '{text}' tells B from A; a gate against a number has none.");
        }

        return new Gate(
            text.Trim(),
            MetricName.Parse(match.Groups["metric"].Value),
            match.Groups["op"].Value == "<",
            relative,
            match.Groups["sign"].Value == "-" ? -offset : offset,
            alpha);
    }

    /// <summary>Asks the gate about a comparison.</summary>
    /// <param name="result">A comparison that measured <see cref="Metric"/>.</param>
    public GateVerdict Evaluate(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var statistics = result.Difference(Metric).Statistics;
        double limit = (_relative ? statistics.MeanA : 0) + _offset;
        bool beyond = _below ? statistics.MeanB < limit : statistics.MeanB > limit;
        bool failed = beyond && (_alpha is null || statistics.Randomisation.P < _alpha);
        string p = _alpha is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", p = {statistics.Randomisation.P:0.####} over {statistics.Count} queries");
        return new GateVerdict(failed, string.Create(
            CultureInfo.InvariantCulture,
            $"{(failed ? "failed" : "passed")}: fail if {_text}; {Metric} is {statistics.MeanB:0.####} for B and {statistics.MeanA:0.####} for A, limit {limit:0.####}{p}"));
    }

    private static double Number(string text, double otherwise) =>
        text.Length == 0 ? otherwise : double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^\s*(?<metric>[A-Za-z][A-Za-z-]*(@[0-9.x]+)?)\s*(?<op>[<>])\s*((?<a>A)(\s*(?<sign>[+-])\s*(?<offset>[0-9]*\.?[0-9]+))?|(?<number>[0-9]*\.?[0-9]+))\s*(\(\s*p\s*<\s*(?<p>[0-9]*\.?[0-9]+)\s*\))?\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
