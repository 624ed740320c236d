using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models;

/// <summary>Reads and writes <c>model.json</c>.</summary>
public static class ManifestFile
{
    private const long MostBytes = 16 << 20;

    // The file is read by people and by JSON readers, never put into a web page: an apostrophe may be one.
    private static readonly ManifestJson s_readable = new(new JsonSerializerOptions(ManifestJson.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Reads and validates a manifest from its bytes.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InvalidDataException">It is no JSON, has an unknown or missing member, or a value that makes no sense; the message says which.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"{ModelManifest.FileName} cannot be read: {FirstSentence(fault.Message)} "
                + $"(at {fault.Path ?? "$"}, line {(fault.LineNumber ?? 0) + 1}). Correct it, or write it anew with 'filip model init'.", fault);
        }

        if (manifest is null)
        {
            throw new InvalidDataException($"{ModelManifest.FileName} holds 'null'; write it with 'filip model init'.");
        }

        ManifestRules.Validate(manifest);
        return manifest;
    }

    /// <summary>The manifest as UTF-8 JSON, indented, one line end everywhere, so that the same facts are the same bytes.</summary>
    /// <exception cref="InvalidDataException">The manifest would not be read back.</exception>
    public static byte[] ToJson(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ManifestRules.Validate(manifest);
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, s_readable.ModelManifest);
        return [.. json, (byte)'\n'];
    }

    /// <summary>Reads the bytes of a folder's manifest.</summary>
    internal static byte[] ReadBytes(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'. Name a folder that holds {ModelManifest.FileName}.");
        }

        var file = new FileInfo(Path.Combine(folder, ModelManifest.FileName));
        if (!file.Exists)
        {
            throw new FileNotFoundException(
                $"'{folder}' holds no {ModelManifest.FileName}. 'filip model init {folder}' writes one from an export's own files.", file.FullName);
        }

        return file.Length <= MostBytes
            ? File.ReadAllBytes(file.FullName)
            : throw new InvalidDataException($"{ModelManifest.FileName} has {file.Length} bytes; at most {MostBytes} are read.");
    }

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    internal static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>The fingerprint of a manifest's bytes and the files it names.</summary>
    internal static string FingerprintOf(ReadOnlySpan<byte> manifestJson, IReadOnlyDictionary<string, string> hashes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("filip model folder 1\n"u8);
        hash.AppendData(SHA256.HashData(manifestJson));
        foreach (var (name, value) in hashes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{value}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The serializer's second sentence repeats path and position, which the caller says in its own words.
    private static string FirstSentence(string message)
    {
        var cut = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return cut < 0 ? message : message[..cut];
    }
}

/// <summary>The manifest's JSON: snake case, names for enumerations, no unknown members, no duplicates.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    NewLine = "\n",
    Converters =
    [
        typeof(KebabEnum<PoolingSource>), typeof(KebabEnum<ResizeMode>), typeof(KebabEnum<ResizeFilter>), typeof(KebabEnum<CropRule>),
    ])]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

/// <summary>An enumeration by name, as <c>mean-of-patches</c>; numbers are refused.</summary>
internal sealed class KebabEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
