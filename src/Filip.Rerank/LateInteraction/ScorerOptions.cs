using System.ComponentModel.DataAnnotations;

namespace Filip.Rerank.LateInteraction;

/// <summary>How candidates are scored.</summary>
public sealed record ScorerOptions
{
    /// <summary>Most threads that score one query.</summary>
    /// <value>The default is the number of processors. 1 allocates nothing.</value>
    [Range(1, 1024)]
    public int MaxParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Candidates a thread takes at a time; between them it looks at the token.</summary>
    /// <value>The default is 16.</value>
    [Range(1, 4096)]
    public int BlockSize { get; init; } = 16;

    /// <summary>Whether every record's checksum is verified again while scoring.</summary>
    /// <value>The default is false: stores verify on fetch.</value>
    public bool VerifyChecksums { get; init; }

    /// <summary>The running model's fingerprint, hexadecimal; records of another one are not scored.</summary>
    /// <value>The default is null: any.</value>
    public string? Fingerprint { get; init; }
}
