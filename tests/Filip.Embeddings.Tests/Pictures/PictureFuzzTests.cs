using System.Diagnostics;
using Filip.Embeddings.Pictures;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>Mutated and cut files through the real decoder: a picture or a refusal, nothing else, in bounded memory and time.</summary>
public sealed class PictureFuzzTests
{
    // Larger than any seed, small enough that a header mutated to something huge is refused and not decoded for seconds.
    private static readonly PictureLimits s_limits = new() { Side = 4096, Area = 1_000_000 };

    [Fact]
    public void Mutated_files_give_a_picture_or_a_refusal_and_nothing_else()
    {
        int seed = PictureFiles.Count("FILIP_SEED", Environment.TickCount);
        var random = new Random(seed);
        byte[][] seeds = [.. Seeds().Values];
        int accepted = 0;
        int count = PictureFiles.Count("FILIP_FUZZ", 2000);
        for (int round = 0; round < count; round++)
        {
            byte[] file = Mutate(seeds[round % seeds.Length], seeds, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            try
            {
                RgbPicture picture = PictureDecoder.Decode(file, s_limits);
                Assert.InRange((long)picture.Width * picture.Height, 1, s_limits.Area);
                accepted++;
            }
            catch (PictureRefusedException exception)
            {
                Assert.NotEmpty(exception.Code);
            }
            catch (Exception exception)
            {
                string kept = Path.Combine(Path.GetTempPath(), $"filip-fuzz-{seed}-{round}");
                File.WriteAllBytes(kept, file);
                Assert.Fail($"Seed {seed}, round {round} ({kept}): {exception}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            // What a lossless WebP can make ImageSharp allocate is not ours to bound; the decoder's remarks say so.
            bool webp = file.AsSpan().StartsWith("RIFF"u8);
            Assert.True(allocated < (webp ? 4L << 30 : 64 << 20), $"Seed {seed}, round {round}: {allocated} bytes for a file of {file.Length}.");

            // Generous, for a hang: whole pictures of this area take milliseconds.
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < 20, $"Seed {seed}, round {round} took too long.");
        }

        Assert.InRange(accepted, 1, count - 1);
    }

    [Fact]
    public void A_truncated_file_never_becomes_a_picture_unless_all_its_pixels_are_there()
    {
        int step = PictureFiles.Count("FILIP_CUT_STEP", 13);
        foreach ((string name, byte[] whole) in Seeds())
        {
            RgbPicture expected = PictureDecoder.Decode(whole);
            for (int length = whole.Length - 1; length >= 0; length -= whole.Length - length < 40 ? 1 : step)
            {
                RgbPicture? picture = null;
                try
                {
                    picture = PictureDecoder.Decode(whole.AsMemory(0, length));
                }
                catch (PictureRefusedException)
                {
                    continue;
                }

                Assert.True(
                    picture.Pixels.AsSpan().SequenceEqual(expected.Pixels),
                    $"{name} cut to {length} of {whole.Length} bytes became another picture.");
            }
        }
    }

    [Fact]
    public void A_cut_jpeg_with_an_end_marker_put_after_is_still_refused()
    {
        foreach ((string name, byte[] whole) in Seeds().Where(pair => pair.Key.EndsWith(".jpg", StringComparison.Ordinal)))
        {
            for (int length = whole.Length / 2; length < whole.Length - 12; length += 11)
            {
                // Only a progressive file may end after a whole scan: a legal picture of lower quality.
                string? refusal = BadPictureGoldenTests.Refusal([.. whole[..length], 0xFF, 0xD9]);
                Assert.True(refusal is not null || name.Contains("progressive", StringComparison.Ordinal), $"{name} at {length}");
            }
        }
    }

    [Fact]
    public void A_webp_whose_data_is_cut_and_whose_sizes_say_so_is_still_refused()
    {
        foreach ((string name, byte[] whole) in Seeds().Where(pair => pair.Key is "webp-lossless.webp" or "webp-lossy.webp"))
        {
            int length = BitConverter.ToInt32(whole, 16);
            for (int kept = length / 4; kept < length * 9 / 10; kept += length / 16)
            {
                byte[] cut = whole[..(20 + kept)];
                BitConverter.TryWriteBytes(cut.AsSpan(16), kept);
                BitConverter.TryWriteBytes(cut.AsSpan(4), cut.Length - 8);
                Assert.True(BadPictureGoldenTests.Refusal(cut) is not null, $"{name} with {kept} of {length} bytes.");
            }
        }
    }

    [Fact]
    public void A_tiny_progressive_file_of_endless_scans_is_refused()
    {
        byte[] file = Seeds().First(pair => pair.Key.Contains("progressive-444", StringComparison.Ordinal)).Value;
        int scan = file.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA });
        byte[] repeated = [.. file[..^2], .. Enumerable.Repeat(file[scan..^2], 300).SelectMany(part => part), 0xFF, 0xD9];
        Assert.NotNull(BadPictureGoldenTests.Refusal(repeated));
    }

    private static SortedDictionary<string, byte[]> Seeds()
    {
        string[] wanted =
        [
            "jpeg-baseline-420.jpg", "jpeg-progressive-444.jpg", "jpeg-progressive-420.jpg", "jpeg-cmyk-adobe.jpg",
            "jpeg-restart-420.jpg", "jpeg-exif-6.jpg", "png-rgba-8.png", "png-palette-trns.png", "png-rgba-16-interlaced.png",
            "png-interlaced-3x5.png", "gif-interlaced.gif", "gif-transparent.gif", "webp-lossy-alpha.webp", "webp-lossless.webp", "webp-lossy.webp",
            "webp-animated.webp", "bmp-24.bmp", "bmp-rle8.bmp", "bmp-565.bmp",
        ];
        var seeds = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        string folder = PictureFiles.Path("decode", "inputs");
        foreach (string name in wanted.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            seeds[name] = File.ReadAllBytes(Path.Combine(folder, name));
        }

        Assert.True(seeds.Count >= 6, $"Only {seeds.Count} seeds in {folder}.");
        foreach (string sample in Directory.EnumerateFiles(Path.Combine(GoldenFiles.Samples, "pictures")).Order(StringComparer.Ordinal).Take(1))
        {
            seeds[Path.GetFileName(sample)] = File.ReadAllBytes(sample);
        }

        return seeds;
    }

    private static byte[] Mutate(byte[] seed, byte[][] seeds, Random random)
    {
        byte[] file = [.. seed];
        for (int times = random.Next(1, 6); times > 0 && file.Length > 0; times--)
        {
            int at = random.Next(file.Length);
            int header = random.Next(Math.Min(file.Length, 64));
            switch (random.Next(8))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[header] = (byte)random.Next(256);
                    break;
                case 2:
                    file[at] = random.Next(3) switch { 0 => 0x00, 1 => 0xFF, _ => 0x80 };
                    break;
                case 3:
                    file = file[..at];
                    break;
                case 4:
                    file = [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 40))..]];
                    break;
                case 5:
                    file = [.. file[..at], .. file[Math.Max(0, at - random.Next(1, 40))..]];
                    break;
                case 6:
                    random.NextBytes(file.AsSpan(at, Math.Min(file.Length - at, random.Next(1, 16))));
                    break;
                default:
                    byte[] other = seeds[random.Next(seeds.Length)];
                    int length = Math.Min(Math.Min(file.Length - at, other.Length), random.Next(1, 60));
                    other.AsSpan(random.Next(other.Length - length + 1), length).CopyTo(file.AsSpan(at));
                    break;
            }
        }

        return random.Next(3) == 0 ? WithPngChecksums(file) : file;
    }

    /// <summary>Mends checksums so that mutations of a PNG reach what lies behind them.</summary>
    private static byte[] WithPngChecksums(byte[] file)
    {
        if (!file.AsSpan().StartsWith(new byte[] { 0x89, 0x50, 0x4E, 0x47 }))
        {
            return file;
        }

        for (long position = 8; position + 12 <= file.Length;)
        {
            long length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)position));
            if (position + 12 + length > file.Length)
            {
                break;
            }

            uint checksum = System.IO.Hashing.Crc32.HashToUInt32(file.AsSpan((int)position + 4, (int)length + 4));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)(position + 8 + length)), checksum);
            position += 12 + length;
        }

        return file;
    }
}
