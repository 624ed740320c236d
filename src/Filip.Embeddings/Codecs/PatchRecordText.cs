using System.Buffers.Binary;

namespace Filip.Embeddings.Codecs;

/// <summary>The sentences of <see cref="PatchRecordException"/>.</summary>
internal static class PatchRecordText
{
    private const string Again = "Restore it from a copy, or index the picture again.";

    public static string Describe(PatchRecordProblem problem, ReadOnlySpan<byte> bytes) => problem switch
    {
        PatchRecordProblem.TooShort =>
            $"A patch record has at least {PatchRecord.HeaderLength + PatchRecord.ChecksumLength} bytes; these are {bytes.Length}. {Again}",
        PatchRecordProblem.NotARecord =>
            $"Expected a patch record, which starts with 'FLPR'; found bytes {Convert.ToHexString(bytes[..4])}. "
            + "Check that the field or file holds patch records of this program.",
        PatchRecordProblem.UnknownVersion =>
            $"The record has format version {bytes[4]}; this build reads version {PatchRecord.FormatVersion}. "
            + "Run the build that wrote it, or index again.",
        PatchRecordProblem.UnknownCodec =>
            $"The record's codec is number {bytes[5]}; this build reads 1 (f32), 2 (f16) and 3 (int8). "
            + "Run the build that wrote it, or index again.",
        PatchRecordProblem.UnknownFlags =>
            $"The record has flags 0x{BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]):X4}, of which this build knows none. "
            + "Run the build that wrote it, or index again.",
        PatchRecordProblem.ImpossibleShape =>
            $"The header says {Shape(bytes)}: no picture has that. {Again}",
        PatchRecordProblem.WrongLength =>
            $"The header says {Shape(bytes)} in {BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..])} bytes; the body has "
            + $"{bytes.Length - PatchRecord.HeaderLength - PatchRecord.ChecksumLength}. It was cut or joined. {Again}",
        PatchRecordProblem.WrongChecksum =>
            $"The checksum of {Shape(bytes)} differs: bytes were changed after they were written. {Again}",
        PatchRecordProblem.ForeignModel =>
            $"The record was written for model {Convert.ToHexStringLower(bytes.Slice(8, PatchRecord.FingerprintLength))}, "
            + "not for the one that runs. Name the model folder the index was built with, or index again.",
        _ => $"A value of {Shape(bytes)} is NaN or infinite. {Again}",
    };

    private static string Shape(ReadOnlySpan<byte> bytes) =>
        $"{BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..])} patches of {BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])} values, "
        + $"grid {BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..])} × {BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..])}";
}
