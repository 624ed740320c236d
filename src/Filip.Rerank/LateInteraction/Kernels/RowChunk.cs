using Filip.Embeddings.Codecs;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>Sums of a few rows at a time, in this thread's scratch.</summary>
internal readonly unsafe ref struct RowChunk
{
    private readonly PackedTokens _tokens;
    private readonly uint* _sums;
    private readonly uint* _rows;
    private readonly bool _inPlace;

    public RowChunk(PackedTokens tokens, in PatchRecordView record)
    {
        var scratch = ScoringScratch.Current;
        _tokens = tokens;
        _sums = scratch.Sums((Maxima.ChunkRows + SumBlock.SlackRows) * (nint)tokens.Lanes);
        _inPlace = RowWords.InPlace(record.Codec, tokens.Kernel.Format);
        _rows = _inPlace ? null : scratch.Rows(Maxima.ChunkRows * (nint)tokens.Words);
    }

    /// <summary>The sums of rows <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1, <c>[row][lane]</c>.</summary>
    public uint* Sums(in PatchRecordView record, int first, int count)
    {
        var stored = record.Components.Slice(first * record.RowBytes, count * record.RowBytes);
        if (!_inPlace)
        {
            RowWords.Convert(record.Codec, _tokens.Kernel.Format, stored, _rows);
        }

        fixed (byte* bytes = stored)
        {
            SumBlock block = new()
            {
                Query = _tokens.Pointer,
                Lanes = _tokens.Lanes,
                Rows = _inPlace ? bytes : (byte*)_rows,
                RowBytes = _tokens.Words * (nint)sizeof(uint),
                RowCount = count,
                Start = _tokens.Start,
                Sums = _sums,
            };
            for (nint word = 0; word < _tokens.Words; word += Maxima.ChunkWords)
            {
                block.From = word;
                block.To = nint.Min(word + Maxima.ChunkWords, _tokens.Words);
                _tokens.Kernel.Run(block);
                block.Start = _sums;
                block.StartStride = _tokens.Lanes;
            }
        }

        return _sums;
    }
}
