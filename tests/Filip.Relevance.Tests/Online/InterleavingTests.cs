using CsCheck;
using Filip.Relevance.Online;

namespace Filip.Relevance.Tests.Online;

public class InterleavingTests
{
    private static readonly Gen<string[]> s_list =
        Gen.Int[0, 30].Array[0, 25].Select(numbers => numbers.Distinct().Select(n => $"d{n}").ToArray());

    [Fact]
    public void Interleaving_repeats_nothing_skips_nothing_and_keeps_each_sides_order() =>
        Gen.Select(s_list, s_list, Gen.String).Sample((a, b, session) =>
        {
            var drafted = TeamDraft.Interleave(a, b, "e", session, "q");
            string[] ids = [.. drafted.Select(one => one.Id)];
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.Equal(a.Union(b).Order(), ids.Order());
            Assert.All(drafted.Where(one => one.Credit == Credit.A), one => Assert.Contains(one.Id, a));
            Assert.All(drafted.Where(one => one.Credit == Credit.B), one => Assert.Contains(one.Id, b));

            // A document never stands before one that both sides put before it.
            for (int i = 0; i < ids.Length; i++)
            {
                for (int j = i + 1; j < ids.Length; j++)
                {
                    bool bothOtherwise = Before(a, ids[j], ids[i]) && Before(b, ids[j], ids[i]);
                    Assert.False(bothOtherwise);
                }
            }
        }, iter: Iterations);

    [Fact]
    public void Sides_draft_in_turns() =>
        Gen.Select(s_list, s_list, Gen.String).Sample((a, b, session) =>
        {
            int lead = 0;
            string[] onlyA = [.. a.Select(id => "a" + id)];
            string[] onlyB = [.. b.Select(id => "b" + id)];
            foreach (var one in TeamDraft.Interleave(onlyA, onlyB, "e", session, "q").Take(2 * Math.Min(a.Length, b.Length)))
            {
                lead += one.Credit == Credit.A ? 1 : -1;
                Assert.InRange(lead, -1, 1);
            }
        }, iter: Iterations);

    [Fact]
    public void Equal_answers_stay_as_they_are_and_earn_no_credit()
    {
        string[] list = ["x", "y", "z"];
        var drafted = TeamDraft.Interleave(list, list, "e", "s", "q");
        Assert.Equal(list, drafted.Select(one => one.Id));
        Assert.All(drafted, one => Assert.Equal(Credit.Both, one.Credit));
    }

    [Fact]
    public void Coin_is_the_same_for_the_same_search_and_fair_over_sessions()
    {
        string[] a = ["a1", "a2"];
        string[] b = ["b1", "b2"];
        Assert.Equal(TeamDraft.Interleave(a, b, "e", "s", "q"), TeamDraft.Interleave(a, b, "e", "s", "q"));
        foreach (Func<int, IReadOnlyList<DraftedDocument>> vary in new Func<int, IReadOnlyList<DraftedDocument>>[]
        {
            i => TeamDraft.Interleave(a, b, $"e{i}", "s", "q"),
            i => TeamDraft.Interleave(a, b, "e", $"s{i}", "q"),
            i => TeamDraft.Interleave(a, b, "e", "s", $"q{i}"),
        })
        {
            int first = Enumerable.Range(0, 4000).Count(i => vary(i)[0].Credit == Credit.A);
            Assert.InRange(first, 1850, 2150);
        }
    }

    [Fact]
    public void Assignment_is_sticky_keeps_to_the_shares_and_moves_nobody_when_one_grows()
    {
        int[] counts = new int[3];
        for (int i = 0; i < 20_000; i++)
        {
            string session = $"session-{i}";
            int variant = VariantAssignment.Of("e", session, 0.1, 0.6, 0.3);
            Assert.Equal(variant, VariantAssignment.Of("e", session, 0.1, 0.6, 0.3));
            counts[variant]++;
            if (VariantAssignment.Of("grow", session, 0.1, 0.9) == 0)
            {
                Assert.Equal(0, VariantAssignment.Of("grow", session, 0.3, 0.7));
            }
        }

        Assert.InRange(counts[0], 1850, 2150);
        Assert.InRange(counts[1], 11_750, 12_250);
        Assert.Equal(1, VariantAssignment.Of("e", "s", 0, 1, 0));
        Assert.Throws<ArgumentException>(() => VariantAssignment.Of("e", "s", 0.5, 0.4));
        Assert.Throws<ArgumentException>(() => VariantAssignment.Of("e", "s", 1.5, -0.5));
    }

    [Fact]
    public void Assignment_does_not_change_with_a_release()
    {
        // Fixed for ever: another hash would give running experiments' sessions another variant.
        string bits = string.Concat(Enumerable.Range(0, 24).Select(i => VariantAssignment.Of("fixed", $"s{i}", 0.5, 0.5)));
        Assert.Equal(Assigned, bits);
    }

    private const string Assigned = "001110001101010001011100";

    private static int Iterations =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), out int count) ? count : 2000;

    private static bool Before(string[] list, string x, string y)
    {
        int first = Array.IndexOf(list, x);
        int second = Array.IndexOf(list, y);
        return first >= 0 && (second < 0 || first < second);
    }
}
