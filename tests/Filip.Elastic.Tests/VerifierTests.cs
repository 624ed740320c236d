using System.Text;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests;

/// <summary>What <c>verify</c> and <c>doctor</c> say of an index on the real server.</summary>
public sealed class VerifierTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sound_pictures_pass_and_each_kind_of_damage_is_named()
    {
        using var connection = RealElastic.Connect();
        try
        {
            string generation;
            await using (var sink = await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, Exact(), null, Stop))
            {
                await sink.WriteAsync([.. Enumerable.Range(0, 205).Select(i => Make($"p{i:D3}") with { PatchRecord = Record('a') })], Stop);
                await sink.CompleteAsync(Stop);
                generation = sink.Generation;
            }

            Assert.DoesNotContain(await ElasticVerifier.VerifyAsync(connection, Stop), finding => finding.Level != IndexFinding.Info);
            var examined = await ElasticDoctor.ExamineAsync(connection, Stop);
            Assert.DoesNotContain(examined, finding => finding.Level == IndexFinding.Error && finding.Code != "disk");
            Assert.Contains(examined, finding => finding.Code == "layout" && finding.Message.Contains(generation, StringComparison.Ordinal));

            var flipped = Record('a');
            flipped[40] ^= 1;
            await using (var sink = await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, Exact(), null, Stop))
            {
                await sink.WriteAsync(
                    [Make("flipped") with { PatchRecord = flipped }, Make("foreign") with { PatchRecord = Record('d') }], Stop);
                await sink.CompleteAsync(Stop);
            }

            await PutAsync(connection, $"{generation}/_doc/bare", """{"id":"bare"}""");
            await PutAsync(connection, $"{generation}/_doc/nameless?refresh=true", $$"""{"id":"wrong","content_hash":"x","patches":"{{Convert.ToBase64String(Record('a'))}}"}""");
            var findings = await ElasticVerifier.VerifyAsync(connection, Stop);
            (string Code, string Part)[] expected =
            [
                ("PATCHES_DAMAGED", "'flipped'"), ("PATCHES_DAMAGED", "'foreign'"), ("PATCHES_MISSING", "'bare'"), ("ID_DIFFERS", "'nameless'"),
                ("FIELD_MISSING", "'pooled'"), ("FIELD_MISSING", "'content_hash'"),
            ];
            Assert.All(expected, pair => Assert.Contains(
                findings, finding => finding.Level == IndexFinding.Error && finding.Code == pair.Code && finding.Message.Contains(pair.Part, StringComparison.Ordinal)));
            Assert.Equal(expected.Length, findings.Count(finding => finding.Level == IndexFinding.Error));
        }
        finally
        {
            await RealElastic.DropAsync(connection);
        }
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_no_error_for_the_doctor_and_one_for_the_verifier()
    {
        using var connection = RealElastic.Connect();
        await Assert.ThrowsAsync<IndexNotFoundException>(async () => await ElasticVerifier.VerifyAsync(connection, Stop));
        Assert.Contains(
            await ElasticDoctor.ExamineAsync(connection, Stop), finding => finding.Level == IndexFinding.Info && finding.Message.Contains("is not there yet", StringComparison.Ordinal));
    }

    private static ElasticSinkOptions Exact() => new() { Index = new ElasticIndexOptions { VectorIndex = "flat" } };

    private static byte[] Record(char model) => PatchRecord.Encode(
        new EmbeddingMatrix(new float[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 8), PatchCodec.F32, PatchGrid.None, new string(model, 64));

    private static async Task PutAsync(ElasticConnection connection, string path, string body)
    {
        using var answer = await connection.AskAsync(new ElasticQuestion("PUT", path, Encoding.UTF8.GetBytes(body)), Stop);
    }
}
