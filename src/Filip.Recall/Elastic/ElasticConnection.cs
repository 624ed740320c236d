using System.ComponentModel.DataAnnotations;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Elastic.Clients.Elasticsearch;
using Elastic.Transport;
using Polly;
using HttpMethod = Elastic.Transport.HttpMethod;

namespace Filip.Recall.Elastic;

/// <summary>One cluster: its nodes, who asks, how long is waited, and the one place that sends again.</summary>
/// <remarks>
/// Plain <c>application/json</c> travels on every path of ours, so that servers of version 8.11 and later understand it.
/// The client's own traps (retries by its pool, timeouts that end at the headers, cancellation that comes as an invalid
/// response) are fenced off here and nowhere else.
/// </remarks>
public sealed class ElasticConnection : IDisposable
{
    private readonly ElasticsearchClientSettings _settings;
    private readonly ResiliencePipeline<ElasticAnswer> _retry;
    private volatile RequestConfiguration[] _configurations;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <param name="address">Nodes and index.</param>
    /// <param name="credentials">Who asks; null takes those of the URL or the environment.</param>
    /// <param name="options">Timeouts and retries; null for the defaults.</param>
    /// <param name="time">The clock of the pauses; null for the system's.</param>
    /// <exception cref="FormatException">The authority's certificate cannot be read.</exception>
    public ElasticConnection(
        ElasticAddress address, ElasticCredentials? credentials = null, ElasticOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        Options = options ?? ElasticOptions.Resolve();
        Validator.ValidateObject(Options, new ValidationContext(Options), validateAllProperties: true);
        _settings = Settings(address, credentials ?? ElasticCredentials.Resolve(address), Options);
        Client = new ElasticsearchClient(_settings);
        _retry = ElasticRetry.Build(Options, time ?? TimeProvider.System);
        _configurations = Configurations(ElasticDialect.Plain);
    }

    /// <summary>Nodes and index.</summary>
    public ElasticAddress Address { get; }

    /// <summary>Timeouts and retries.</summary>
    public ElasticOptions Options { get; }

    /// <summary>The official client over the same settings, for what is small and varied. It speaks to servers of version 9.</summary>
    public ElasticsearchClient Client { get; }

    /// <summary>Sends a request, again where that may help, and reads the whole answer.</summary>
    /// <param name="question">The request.</param>
    /// <param name="cancellationToken">Ends the call, pauses included.</param>
    /// <exception cref="ElasticException">No answer, or one that is no success.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ElasticAnswer> AskAsync(ElasticQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        return question.Repeatable
            ? await _retry.ExecuteAsync(
                static (state, token) => state.Self.AskCountedAsync(state.Question, token), (Self: this, Question: question), cancellationToken)
            : await AskCountedAsync(question, cancellationToken);
    }

    /// <summary>Speaks from now on as a server of this version wants it.</summary>
    /// <param name="version">Its version; 0.0 where it is not known.</param>
    internal void SpeakTo(Version version) => _configurations = Configurations(ElasticDialect.For(version));

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_settings).Dispose();

    private async ValueTask<ElasticAnswer> AskCountedAsync(ElasticQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskOnceAsync(question, cancellationToken);
            ElasticTelemetry.Answered();
            return answer;
        }
        catch (ElasticException error)
        {
            ElasticTelemetry.Failed(error.Failure);
            throw;
        }
    }

    private async ValueTask<ElasticAnswer> AskOnceAsync(ElasticQuestion question, CancellationToken cancellationToken)
    {
        // The client's timeout ends at the headers; a body that stalls would hang for ever. This one covers the whole.
        var limit = question.Bulk ? Options.BulkTimeout : Options.RequestTimeout;
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        whole.CancelAfter(limit);
        try
        {
            using var response = await Client.Transport.RequestAsync<StreamResponse>(
                new EndpointPath(Enum.Parse<HttpMethod>(question.Method), question.Path),
                question.Body.IsEmpty ? null : PostData.ReadOnlyMemory(question.Body),
                null,
                _configurations[(question.Cbor ? 1 : 0) | (question.Bulk ? 2 : 0)],
                whole.Token);
            cancellationToken.ThrowIfCancellationRequested();
            var details = response.ApiCallDetails;
            if (details.HttpStatusCode is not { } status)
            {
                throw Unreachable(limit, whole.IsCancellationRequested, details.OriginalException);
            }

            var answer = await ElasticAnswer.ReadAsync(status, response.Body, whole.Token);
            if (Succeeded(question, status, response.ContentType, answer))
            {
                return answer;
            }

            using (answer)
            {
                throw status is >= 200 and < 300
                    ? NotElasticsearch(response.ContentType)
                    : ElasticErrors.From(Address, status, answer.Body.Span);
            }
        }
        catch (Exception error) when (error is not ElasticException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The request to Elasticsearch was cancelled.", error, cancellationToken);
        }
        catch (Exception error) when (error is TransportException or HttpRequestException or IOException or OperationCanceledException
            && error is not ElasticException)
        {
            throw Unreachable(limit, whole.IsCancellationRequested, error);
        }
    }

    // By content type too: the transport hands over a login page as a 200 with an empty body.
    private static bool Succeeded(ElasticQuestion question, int status, string? contentType, ElasticAnswer answer) =>
        (status is >= 200 and < 300 || (status == 404 && question.MayBeMissing))
        && (contentType?.Contains(question.Cbor ? "cbor" : "json", StringComparison.OrdinalIgnoreCase) ?? answer.Body.IsEmpty);

    private ElasticException Unreachable(TimeSpan limit, bool timedOut, Exception? cause)
    {
        var root = cause?.GetBaseException();
        for (var inner = cause; inner is not null && !timedOut; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                return new ElasticException(
                    ElasticFailure.NotTrusted,
                    $"The certificate of Elasticsearch at {Address} is not trusted: {inner.Message} Name its authority by FILIP_ELASTICSEARCH_CA_FILE "
                    + "(PEM) or FILIP_ELASTICSEARCH_CA_FINGERPRINT (SHA-256), or ask by the host name that the certificate is for.",
                    cause);
            }
        }

        return new ElasticException(
            ElasticFailure.Unreachable,
            timedOut
                ? $"Elasticsearch at {Address} did not answer within {limit.TotalSeconds:0.###} s."
                : $"Elasticsearch at {Address} cannot be reached: {root?.Message ?? "no answer"} Is it running, and is the URL right (http or https, host, port)?",
            cause);
    }

    private ElasticException NotElasticsearch(string? contentType) =>
        new(ElasticFailure.NotElasticsearch,
            $"What answers at {Address} is no Elasticsearch: it sent '{contentType}'. Is there a proxy or a login page between?");

    // One instance a kind: the transport keeps connections by what a request asks for.
    private RequestConfiguration[] Configurations(ElasticDialect dialect) =>
        [.. Enumerable.Range(0, 4).Select(kind => Configure(dialect, cbor: (kind & 1) != 0, bulk: (kind & 2) != 0))];

    private RequestConfiguration Configure(ElasticDialect dialect, bool cbor, bool bulk) => new()
    {
        Accept = cbor ? dialect.Cbor : dialect.Json,
        ContentType = bulk ? dialect.Ndjson : dialect.Json,
        RequestTimeout = bulk ? Options.BulkTimeout : Options.RequestTimeout,
        TransferEncodingChunked = bulk, // a bulk body is sent from where it lies, not copied first
        EnableHttpCompression = Options.Compression,
        DisableDirectStreaming = false,
        ThrowExceptions = false,
    };

    private static ElasticsearchClientSettings Settings(ElasticAddress address, ElasticCredentials credentials, ElasticOptions options)
    {
        NodePool pool = address.Nodes.Count == 1 ? new SingleNodePool(address.Nodes[0]) : new SingleTryNodePool(address.Nodes);
        var settings = new ElasticsearchClientSettings(pool)
            .RequestTimeout(options.RequestTimeout)
            .MaximumRetries(0)
            .DisablePing()
            .SniffOnStartup(false)
            .SniffOnConnectionFault(false)
            .DisableDirectStreaming(false)
            .ThrowExceptions(false);
        if (credentials.ApiKey is not null)
        {
            settings = settings.Authentication(new ApiKey(credentials.ApiKey));
        }
        else if (credentials.User is not null)
        {
            settings = settings.Authentication(new BasicAuthentication(credentials.User, credentials.Password ?? ""));
        }

        if (credentials.CaFingerprint is not null)
        {
            settings = settings.CertificateFingerprint(credentials.CaFingerprint);
        }
        else if (credentials.CaFile is not null)
        {
            settings = settings.ServerCertificateValidationCallback(CertificateValidations.AuthorityIsRoot(LoadAuthority(credentials.CaFile)));
        }

        return settings;
    }

    private static X509Certificate2 LoadAuthority(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new FormatException($"FILIP_ELASTICSEARCH_CA_FILE names '{file}', which is no readable PEM certificate: {error.Message}", error);
        }
    }
}
