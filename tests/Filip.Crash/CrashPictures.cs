using System.Globalization;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Recall.Embedded;

namespace Filip.Crash;

/// <summary>Pictures whose every byte follows from a number, so that a reader knows what must be there.</summary>
public static class CrashPictures
{
    /// <summary>Different numbers share an id, so that pictures are replaced all the time.</summary>
    public const int Ids = 60;

    public static IndexStamp Stamp { get; } = new(new string('c', 64), "crash", 8, 32, PatchCodec.F16, "filip-t2i");

    public static EmbeddedPicture Make(int number)
    {
        var random = new Random(number);
        var pooled = new float[32];
        pooled[random.Next(pooled.Length)] = 1;
        var record = new byte[random.Next(1, 3_000)];
        random.NextBytes(record);
        return new EmbeddedPicture
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"id{number % Ids}"),
            ContentHash = number.ToString(CultureInfo.InvariantCulture),
            Pooled = pooled,
            PatchRecord = record,
            Caption = $"caption {number}",
        };
    }
}
