using System.Buffers.Binary;
using CsCheck;
using Filip.Embeddings.Codecs;

namespace Filip.Embeddings.Tests.Codecs;

public sealed class PatchRecordTests
{
    private const string Fingerprint = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static readonly int s_fuzz = int.Parse(
        Environment.GetEnvironmentVariable("FILIP_FUZZ") ?? "2000", System.Globalization.CultureInfo.InvariantCulture);

    public static TheoryData<PatchCodec> Codecs => [.. Enum.GetValues<PatchCodec>()];

    private static Gen<EmbeddingMatrix> Matrices { get; } =
        from rows in Gen.Int[1, 24]
        from dimension in Gen.Int[1, 40]
        from values in Gen.Float[-2, 2].Array[rows * dimension]
        select new EmbeddingMatrix(values, dimension);

    private static Gen<byte[]> Records { get; } =
        from patches in Matrices
        from codec in Gen.Enum<PatchCodec>()
        select PatchRecord.Encode(patches, codec, PatchGrid.None, Fingerprint);

    [Fact]
    public void A_record_says_what_it_holds()
    {
        Gen.Select(Matrices, Gen.Enum<PatchCodec>()).Sample(
            (patches, codec) =>
            {
                PatchGrid grid = new(patches.RowCount, 1);
                var bytes = PatchRecord.Encode(patches, codec, grid, Fingerprint);
                var view = PatchRecord.Read(bytes, fingerprint: PatchRecord.Fingerprint(Fingerprint));
                Assert.Equal(PatchRecord.EncodedLength(codec, patches.RowCount, patches.Dimension), bytes.Length);
                Assert.Equal((codec, patches.RowCount, patches.Dimension, grid), (view.Codec, view.Rows, view.Dimension, view.Grid));
                AssertDecodes(patches, codec, view.Decode());
            },
            iter: 200);
    }

    [Fact]
    public void The_layout_is_the_one_written_down()
    {
        var bytes = PatchRecord.Encode(new EmbeddingMatrix(new float[] { 1, -2, 0.5f }, 3), PatchCodec.Int8, new(1, 1), Fingerprint);
        Assert.Equal("FLPR"u8, bytes.AsSpan(0, 4));
        Assert.Equal([1, 3, 0, 0], bytes[4..8]);
        Assert.Equal(Convert.FromHexString(Fingerprint[..16]), bytes[8..16]);
        Assert.Equal([1, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0, 8, 0, 0, 0], bytes[16..32]);
        Assert.Equal(2f / 127, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(32)));
        Assert.Equal([128 + 64, 128 - 127, 128 + 32, 128], bytes[36..40]);
        Assert.Equal(Crc32C.Compute(bytes.AsSpan(0, 40)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(40)));
    }

    [Fact]
    public void The_checksum_is_Castagnolis() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void A_flipped_bit_is_never_read_as_a_picture() =>
        Gen.Select(Records, Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).Sample(
            (record, place, bit) =>
            {
                record[place % record.Length] ^= (byte)(1 << bit);
                return PatchRecord.TryRead(record, out _) != PatchRecordProblem.None;
            },
            iter: s_fuzz);

    [Fact]
    public void Changed_bytes_are_never_read_as_a_picture() =>
        Gen.Select(Records, Gen.Int[0, int.MaxValue], Gen.Byte.Array[1, 64]).Sample(
            (record, place, bytes) =>
            {
                var changed = record.ToArray();
                place %= record.Length;
                bytes.AsSpan(0, Math.Min(bytes.Length, record.Length - place)).CopyTo(changed.AsSpan(place));
                return changed.AsSpan().SequenceEqual(record) || PatchRecord.TryRead(changed, out _) != PatchRecordProblem.None;
            },
            iter: s_fuzz);

    [Fact]
    public void A_cut_or_lengthened_record_is_never_read_as_a_picture()
    {
        Records.Sample(
            record =>
            {
                for (var length = 0; length < record.Length; length++)
                {
                    Assert.NotEqual(PatchRecordProblem.None, PatchRecord.TryRead(record.AsSpan(0, length), out _));

                    // The shape alone tells: a reader that skips the checksum must not read past the end either.
                    Assert.NotEqual(PatchRecordProblem.None, PatchRecord.TryRead(record.AsSpan(0, length), out _, verifyChecksum: false));
                }

                Assert.NotEqual(PatchRecordProblem.None, PatchRecord.TryRead([.. record, 0], out _, verifyChecksum: false));
                Assert.NotEqual(PatchRecordProblem.None, PatchRecord.TryRead([0, .. record], out _, verifyChecksum: false));
            },
            iter: 20);
    }

    [Fact]
    public void Halves_of_two_records_are_never_read_as_a_picture() =>
        Gen.Select(Matrices, Gen.Float[-2, 2], Gen.Enum<PatchCodec>(), Gen.Int[0, int.MaxValue]).Sample(
            (patches, other, codec, place) =>
            {
                var first = PatchRecord.Encode(patches, codec, PatchGrid.None, Fingerprint);
                var values = patches.Values.ToArray();
                values[^1] = other;
                var second = PatchRecord.Encode(new EmbeddingMatrix(values, patches.Dimension), codec, PatchGrid.None, Fingerprint);
                place %= first.Length;
                byte[] swapped = [.. first[..place], .. second[place..]];
                return swapped.AsSpan().SequenceEqual(first) || swapped.AsSpan().SequenceEqual(second)
                    || PatchRecord.TryRead(swapped, out _) == PatchRecordProblem.WrongChecksum;
            },
            iter: s_fuzz);

    [Fact]
    public void Random_bytes_are_refused_with_a_sentence() =>
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                var error = Assert.Throws<PatchRecordException>(() => { PatchRecord.Read(bytes); });
                Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            },
            iter: s_fuzz / 10);

    [Theory]
    [InlineData(0, PatchRecordProblem.NotARecord)]
    [InlineData(4, PatchRecordProblem.UnknownVersion)]
    [InlineData(5, PatchRecordProblem.UnknownCodec)]
    [InlineData(6, PatchRecordProblem.UnknownFlags)]
    [InlineData(8, PatchRecordProblem.WrongChecksum)]
    [InlineData(20, PatchRecordProblem.ImpossibleShape)]
    [InlineData(24, PatchRecordProblem.WrongLength)]
    [InlineData(28, PatchRecordProblem.WrongLength)]
    [InlineData(33, PatchRecordProblem.WrongChecksum)]
    public void Each_part_of_the_header_is_checked(int place, PatchRecordProblem expected)
    {
        var bytes = PatchRecord.Encode(new EmbeddingMatrix(new float[6], 3), PatchCodec.F32, new(2, 1), Fingerprint);
        bytes[place] ^= 0x40;
        var error = Assert.Throws<PatchRecordException>(() => { PatchRecord.Read(bytes); });
        Assert.Equal(expected, error.Problem);
    }

    [Fact]
    public void A_record_of_another_model_is_refused()
    {
        var bytes = PatchRecord.Encode(new EmbeddingMatrix(new float[6], 3), PatchCodec.F32, new(2, 1), Fingerprint);
        var other = PatchRecord.Fingerprint("ff" + Fingerprint[2..]);
        Assert.Equal(PatchRecordProblem.ForeignModel, PatchRecord.TryRead(bytes, out _, fingerprint: other));
        var error = Assert.Throws<PatchRecordException>(() => { PatchRecord.Read(bytes, fingerprint: other); });
        Assert.Contains(Fingerprint[..16], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_checksum_over_NaN_is_still_no_picture()
    {
        var bytes = PatchRecord.Encode(new EmbeddingMatrix(new float[6], 3), PatchCodec.F32, new(2, 1), Fingerprint);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(PatchRecord.HeaderLength), float.NaN);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(..^4)));
        Assert.Throws<PatchRecordException>(() => PatchRecord.Read(bytes).Decode());
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_it_is_written()
    {
        EmbeddingMatrix patches = new(new float[] { 1, 70_000 }, 1);
        Assert.Throws<ArgumentException>(() => PatchRecord.Encode(patches, PatchCodec.F32, new(3, 1), Fingerprint));
        Assert.Throws<ArgumentException>(() => PatchRecord.Encode(patches, PatchCodec.F16, new(2, 1), Fingerprint));
        Assert.Throws<ArgumentException>(() => PatchRecord.Encode(patches, PatchCodec.F32, new(2, 1), "0011"));
        Assert.Throws<ArgumentOutOfRangeException>(() => PatchRecord.Encode(patches, (PatchCodec)9, new(2, 1), Fingerprint));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_row_of_zeros_stays_one(PatchCodec codec)
    {
        var bytes = PatchRecord.Encode(new EmbeddingMatrix(new float[10], 5), codec, PatchGrid.None, Fingerprint);
        Assert.All(PatchRecord.Read(bytes).Decode().Values.ToArray(), value => Assert.Equal(0, value));
    }

    private static void AssertDecodes(EmbeddingMatrix patches, PatchCodec codec, EmbeddingMatrix decoded)
    {
        for (var row = 0; row < patches.RowCount; row++)
        {
            var largest = patches.Row(row).ToArray().Max(MathF.Abs);
            for (var i = 0; i < patches.Dimension; i++)
            {
                var value = patches.Row(row)[i];
                var tolerance = codec switch
                {
                    PatchCodec.F32 => 0,
                    PatchCodec.F16 => (MathF.Abs(value) / 2048) + 3e-8f,
                    _ => largest / 127 * 0.5001f,
                };
                Assert.InRange(decoded.Row(row)[i], value - tolerance, value + tolerance);
            }
        }
    }
}
