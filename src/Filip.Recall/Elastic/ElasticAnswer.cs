using System.Buffers;
using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>One answer, its whole body in one pooled buffer. Dispose it when its bytes are no longer read.</summary>
public sealed class ElasticAnswer : IDisposable
{
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1000 };

    private readonly int _length;
    private byte[]? _buffer;

    private ElasticAnswer(int status, byte[] buffer, int length)
    {
        Status = status;
        _buffer = buffer;
        _length = length;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>The body.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has gone back to the pool.</exception>
    public ReadOnlyMemory<byte> Body =>
        (_buffer ?? throw new ObjectDisposedException(nameof(ElasticAnswer))).AsMemory(0, _length);

    /// <summary>The body as JSON.</summary>
    /// <exception cref="ElasticException">It is no whole JSON text.</exception>
    public JsonDocument Json()
    {
        try
        {
            return JsonDocument.Parse(Body, s_deep);
        }
        catch (JsonException error)
        {
            throw new ElasticException(
                ElasticFailure.Unreachable,
                $"Elasticsearch's answer of {_length} bytes is no whole JSON text. Is there something between that cuts or changes bodies?", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a stream to its end into a pooled buffer.</summary>
    internal static async ValueTask<ElasticAnswer> ReadAsync(int status, Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var length = 0;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return new ElasticAnswer(status, buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }
}
