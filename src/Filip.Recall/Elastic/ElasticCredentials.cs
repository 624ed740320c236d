namespace Filip.Recall.Elastic;

/// <summary>How Elasticsearch is told who asks, and how its certificate is checked. Never logged.</summary>
/// <remarks>
/// Taken from the URL (basic only) or the environment: <c>FILIP_ELASTICSEARCH_API_KEY</c>,
/// <c>FILIP_ELASTICSEARCH_USER</c> with <c>FILIP_ELASTICSEARCH_PASSWORD</c>, <c>FILIP_ELASTICSEARCH_CA_FINGERPRINT</c>
/// (SHA-256 of the authority's certificate) or <c>FILIP_ELASTICSEARCH_CA_FILE</c> (PEM). Each secret may come from a file
/// instead: the same name with <c>_FILE</c> at its end.
/// </remarks>
public sealed record ElasticCredentials
{
    /// <summary>Encoded API key (as Elasticsearch's <c>encoded</c> member); null if none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>User of basic authentication; null if none.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>SHA-256 fingerprint of the certificate authority, hexadecimal, colons allowed; null if none.</summary>
    public string? CaFingerprint { get; init; }

    /// <summary>PEM file of the certificate authority; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Credentials of the URL, else of the environment; the certificate's from the environment.</summary>
    /// <param name="address">The address, which may bring a user.</param>
    /// <param name="read">Reads an environment variable; null reads the process's own.</param>
    /// <exception cref="FormatException">Two ways of authentication are given at once, or a file named by the environment cannot be read.</exception>
    public static ElasticCredentials Resolve(ElasticAddress address, Func<string, string?>? read = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        read ??= Environment.GetEnvironmentVariable;
        var key = Secret(read, "FILIP_ELASTICSEARCH_API_KEY");
        var user = address.User ?? Secret(read, "FILIP_ELASTICSEARCH_USER");
        var password = address.User is not null ? address.Password : Secret(read, "FILIP_ELASTICSEARCH_PASSWORD");
        if (address.User is not null)
        {
            key = null; // what the URL says is meant for this index; the environment is for all
        }

        if (key is not null && user is not null)
        {
            throw new FormatException("Both FILIP_ELASTICSEARCH_API_KEY and FILIP_ELASTICSEARCH_USER are set; set one of them.");
        }

        return new ElasticCredentials
        {
            ApiKey = key,
            User = user,
            Password = password,
            CaFingerprint = Secret(read, "FILIP_ELASTICSEARCH_CA_FINGERPRINT"),
            CaFile = Blank(read("FILIP_ELASTICSEARCH_CA_FILE")),
        };
    }

    /// <summary>Which kind is used, for people; never the secret.</summary>
    public override string ToString() => ApiKey is not null ? "API key" : User is not null ? "basic" : "none";

    private static string? Secret(Func<string, string?> read, string name)
    {
        if (Blank(read(name)) is { } value)
        {
            return value;
        }

        if (Blank(read(name + "_FILE")) is not { } file)
        {
            return null;
        }

        try
        {
            return Blank(File.ReadAllText(file).Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{name}_FILE names '{file}', which cannot be read: {error.Message}");
        }
    }

    private static string? Blank(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
