using System.Security.Cryptography;
using System.Text;

namespace Filip.Rerank.Service;

/// <summary>The keys that open the service. Kept as hashes, compared in constant time, never printed.</summary>
public sealed class ApiKeys
{
    /// <summary>Environment variable with keys, separated by commas or white space.</summary>
    public const string Variable = "FILIP_API_KEYS";

    private const int ShortestKey = 8;

    private static readonly char[] s_separators = [',', ' ', '\t', '\r', '\n'];

    private readonly byte[][] _hashes;

    private ApiKeys(IEnumerable<string> keys) =>
        _hashes = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>No key: the service is open to whoever reaches it.</summary>
    public static ApiKeys None { get; } = new([]);

    /// <summary>How many keys there are.</summary>
    public int Count => _hashes.Length;

    /// <summary>Takes keys as they are written in the variable or in a file.</summary>
    /// <param name="text">Keys separated by commas or white space; in a file, lines that begin with # are passed over.</param>
    /// <exception cref="ArgumentException">A key is shorter than 8 characters (the message does not name it).</exception>
    public static ApiKeys Parse(string? text)
    {
        var lines = (text ?? "").Split('\n').Where(line => !line.TrimStart().StartsWith('#'));
        List<string> keys = [.. string.Join('\n', lines).Split(s_separators, StringSplitOptions.RemoveEmptyEntries)];
        var tooShort = keys.Count(key => key.Length < ShortestKey);
        return tooShort == 0
            ? new ApiKeys(keys)
            : throw new ArgumentException(
                $"{tooShort} of {keys.Count} API keys have fewer than {ShortestKey} characters; use longer ones.", nameof(text));
    }

    /// <summary>Keys of a file, or of the environment where no file is named.</summary>
    /// <param name="file">The file's path, or null.</param>
    /// <exception cref="ArgumentException">The file holds no key, or a key is too short.</exception>
    public static ApiKeys Load(string? file)
    {
        if (file is null)
        {
            return Parse(Environment.GetEnvironmentVariable(Variable));
        }

        var keys = Parse(File.ReadAllText(file));
        return keys.Count > 0 ? keys : throw new ArgumentException($"The key file '{file}' holds no key.", nameof(file));
    }

    /// <summary>Whether this is one of the keys. Takes the same time wherever it differs.</summary>
    /// <param name="key">What the caller brought.</param>
    public bool Accept(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var found = false;
        foreach (var known in _hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return found;
    }
}
