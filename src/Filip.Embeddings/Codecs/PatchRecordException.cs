namespace Filip.Embeddings.Codecs;

/// <summary>Bytes that should hold a picture's patches do not; never read as a picture.</summary>
/// <param name="problem">What is wrong, for programs.</param>
/// <param name="message">What was found, what was expected, what to do.</param>
public sealed class PatchRecordException(PatchRecordProblem problem, string message) : FormatException(message)
{
    /// <summary>What is wrong.</summary>
    public PatchRecordProblem Problem { get; } = problem;
}

/// <summary>Why bytes are no readable patch record.</summary>
public enum PatchRecordProblem
{
    /// <summary>Nothing: the record is sound.</summary>
    None = 0,

    /// <summary>Fewer bytes than a header and a checksum take.</summary>
    TooShort,

    /// <summary>The bytes do not start with the record's magic.</summary>
    NotARecord,

    /// <summary>A format version that this build does not read.</summary>
    UnknownVersion,

    /// <summary>A codec that this build does not read.</summary>
    UnknownCodec,

    /// <summary>Flags that this build does not know.</summary>
    UnknownFlags,

    /// <summary>Rows, dimension or grid that no picture has.</summary>
    ImpossibleShape,

    /// <summary>The length is not what the header's shape asks for.</summary>
    WrongLength,

    /// <summary>The checksum differs: bytes were changed after they were written.</summary>
    WrongChecksum,

    /// <summary>Written for another model folder.</summary>
    ForeignModel,

    /// <summary>A value or scale that is NaN or infinite.</summary>
    NotFinite,
}
