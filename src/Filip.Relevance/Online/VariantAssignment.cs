namespace Filip.Relevance.Online;

/// <summary>Which variant a session gets: sticky, and the same on every replica, without anything being stored.</summary>
public static class VariantAssignment
{
    private const double TwoTo53 = 1L << 53;

    /// <summary>Assigns a session.</summary>
    /// <param name="experiment">The experiment's id; another experiment cuts the sessions otherwise.</param>
    /// <param name="session">The session's (or user's) id.</param>
    /// <param name="shares">Planned share of each variant, not negative, adding up to 1.</param>
    /// <returns>The variant's index.</returns>
    /// <remarks>A variant whose share grows at the cost of the last one keeps every session it had.</remarks>
    /// <exception cref="ArgumentException">The shares do not add up to 1.</exception>
    public static int Of(string experiment, string session, params IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Count == 0 || shares.Any(share => !(share >= 0)) || Math.Abs(shares.Sum() - 1) > 1e-9)
        {
            throw new ArgumentException(
                $"The shares are {string.Join(", ", shares)}; expected shares that are not negative and add up to 1.", nameof(shares));
        }

        double place = (StableHash.Of("assignment", experiment, session) >> 11) / TwoTo53;
        int last = 0;
        double end = 0;
        for (int i = 0; i < shares.Count; i++)
        {
            if (shares[i] <= 0)
            {
                continue;
            }

            last = i;
            end += shares[i];
            if (place < end)
            {
                return i;
            }
        }

        // Shares such as three times 1/3 add up to a little less than 1.
        return last;
    }
}
