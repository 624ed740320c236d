namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>One vector unit's way of multiplying words: lanes are query tokens, a patch's word is the same in all lanes.</summary>
/// <typeparam name="TVector">The vector; each lane is 4 bytes.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether <see cref="Add"/> is one instruction. Where it is two, the product takes a register that the largest blocks do not leave.</summary>
    static abstract bool IsFused { get; }

    /// <summary>Loads one word for each of the next tokens, or sums.</summary>
    static abstract TVector Load(uint* words);

    /// <summary>One patch word in every lane.</summary>
    static abstract TVector Broadcast(byte* word);

    /// <summary>sum + token · patch.</summary>
    static abstract TVector Add(TVector sum, TVector tokens, TVector patch);

    /// <summary>Stores sums.</summary>
    static abstract void Store(TVector sum, uint* words);
}
