namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>One way of computing sums over words of one format.</summary>
/// <param name="Format">What the words are.</param>
/// <param name="Lanes">Tokens of a vector; the tokens are padded to a multiple of it.</param>
/// <param name="Run">Fills a block's sums.</param>
internal sealed record WordKernel(WordFormat Format, int Lanes, SumFunction Run);

/// <summary>Fills a block's sums.</summary>
internal delegate void SumFunction(in SumBlock block);
