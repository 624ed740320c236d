using Elastic.Transport;
using Elastic.Transport.Diagnostics.Auditing;

namespace Filip.Recall.Elastic;

/// <summary>Several nodes taken in turn, one a request.</summary>
/// <remarks>
/// The client's own pools replay a request on the next node after 502, 503, 504 or a lost connection, whatever
/// <c>MaximumRetries</c> says, and so send a bulk several times. Here a view holds one node: whether a request is sent
/// again is decided in one place, by <see cref="ElasticRetry"/>.
/// </remarks>
internal sealed class SingleTryNodePool(IEnumerable<Uri> nodes) : StaticNodePool(nodes, randomize: true)
{
    /// <inheritdoc/>
    public override int MaxRetries => 0;

    /// <inheritdoc/>
    public override IEnumerable<Node> CreateView(Auditor? auditor = null) => base.CreateView(auditor).Take(1);
}
