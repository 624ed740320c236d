using Filip.Relevance.Statistics;

namespace Filip.Relevance.Online;

/// <summary>Who gets the credit for a click on a document.</summary>
public enum Credit
{
    /// <summary>A drafted it.</summary>
    A,

    /// <summary>B drafted it.</summary>
    B,

    /// <summary>Both would have drafted it in this place: a click on it tells nothing between them.</summary>
    Both,
}

/// <summary>A document of an interleaved answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Credit">Who gets the credit for a click on it.</param>
public readonly record struct DraftedDocument(string Id, Credit Credit);

/// <summary>Team-draft interleaving of two answers.</summary>
/// <remarks>
/// <para>In turns, each side drafts its best document that is not drafted yet; where both have drafted as many, a coin
/// decides who goes first. The coin is seeded by experiment, session and query, so every replica and every page of
/// the same search gives the same order.</para>
/// <para>The whole window is interleaved at once and pages are cut from it: no document comes twice or is skipped.</para>
/// <para>Where the best document left is the same for both, it is placed without using up a turn and credited to
/// <see cref="Credit.Both"/>; so two equal answers give that answer, and no credit.</para>
/// </remarks>
public static class TeamDraft
{
    /// <summary>Interleaves two answers.</summary>
    /// <param name="a">A's window, best first, no id twice.</param>
    /// <param name="b">B's window, best first, no id twice.</param>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="query">The query as it was asked.</param>
    /// <returns>Every document of either window once.</returns>
    public static IReadOnlyList<DraftedDocument> Interleave(
        IReadOnlyList<string> a, IReadOnlyList<string> b, string experiment, string session, string query)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var coin = new SeededBits(StableHash.Of("team-draft", experiment, session, query));
        var drafted = new List<DraftedDocument>(a.Count + b.Count);
        var taken = new HashSet<string>(a.Count + b.Count);
        int nextA = 0;
        int nextB = 0;
        int lead = 0;
        while (true)
        {
            nextA = SkipTaken(a, nextA, taken);
            nextB = SkipTaken(b, nextB, taken);
            if (nextA == a.Count && nextB == b.Count)
            {
                return drafted;
            }

            if (nextA < a.Count && nextB < b.Count && a[nextA] == b[nextB])
            {
                Draft(a[nextA], Credit.Both);
                continue;
            }

            bool turnOfA = lead == 0 ? (coin.Next() >> 63) == 0 : lead < 0;
            if (nextB == b.Count || (turnOfA && nextA < a.Count))
            {
                Draft(a[nextA], Credit.A);
                lead++;
            }
            else
            {
                Draft(b[nextB], Credit.B);
                lead--;
            }
        }

        void Draft(string id, Credit credit)
        {
            taken.Add(id);
            drafted.Add(new DraftedDocument(id, credit));
        }
    }

    private static int SkipTaken(IReadOnlyList<string> list, int next, HashSet<string> taken)
    {
        while (next < list.Count && taken.Contains(list[next]))
        {
            next++;
        }

        return next;
    }
}
