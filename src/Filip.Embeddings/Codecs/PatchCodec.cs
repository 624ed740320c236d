namespace Filip.Embeddings.Codecs;

/// <summary>How patch vectors are kept as bytes. The number is the one in the record's header and never changes.</summary>
public enum PatchCodec
{
    /// <summary>float32, as the tower gave it.</summary>
    F32 = 1,

    /// <summary>IEEE half precision.</summary>
    F16 = 2,

    /// <summary>8 bits a component, one scale a vector.</summary>
    Int8 = 3,
}
