using System.Buffers;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Rerank.Patches;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests.Attach;

/// <summary>An index of the user's on the real server, attached; its user has a document for each picture before it is written.</summary>
public sealed class AttachedContractIndex : ContractIndex
{
    // The user's own mapping: numbers as they come, text as whole values too, nothing guessed to be a date.
    private const string Mapping = """
        {
          "mappings": {
            "date_detection": false,
            "dynamic_templates": [
              {"numbers": {"match_mapping_type": "long", "mapping": {"type": "double"}}},
              {"words": {"match_mapping_type": "string", "mapping": {"type": "keyword", "ignore_above": 8000}}}
            ],
            "properties": {"image": {"type": "keyword"}, "words": {"type": "text"}}
          }
        }
        """;

    private UsersIndex? _index;

    public override async ValueTask<IImageSink> OpenSinkAsync()
    {
        _index ??= await UsersIndex.CreateAsync(Mapping);
        return new UserFirst(_index, await _index.AttachAsync(new AttachOptions { PathField = "image", CaptionField = "words" }));
    }

    public override async ValueTask<ICandidateSource> OpenSourceAsync() => await ElasticCandidateSource.OpenAsync(_index!.Connection, null, default);

    public override async ValueTask<IPatchStore> OpenPatchStoreAsync()
    {
        var facts = await new ElasticGenerations(_index!.Connection).DescribeAsync(_index.Name, default);
        return new ElasticPatchStore(_index.Connection, () => facts);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_index is not null)
        {
            await _index.DisposeAsync();
        }
    }

    /// <summary>Lets the user write first what only the user writes.</summary>
    private sealed class UserFirst(UsersIndex index, AttachedImageSink sink) : IImageSink
    {
        public IndexStamp Stamp => sink.Stamp;

        public string Generation => sink.Generation;

        public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
        {
            var possible = documents.Where(document => PictureDoor.IdRefusal(document.Id) is null).ToList();
            if (possible.Count > 0)
            {
                var body = new ArrayBufferWriter<byte>();
                foreach (var document in possible)
                {
                    body.Write(ElasticBody.Write(json => WriteAction(json, document.Id)).Span);
                    body.Write("\n"u8);
                    body.Write(ElasticBody.Write(json => WriteUsers(json, document)).Span);
                    body.Write("\n"u8);
                }

                using var answer = await index.Connection.AskAsync(
                    new ElasticQuestion("POST", index.Name + "/_bulk", body.WrittenMemory) { Bulk = true }, cancellationToken);
                using var json = answer.Json();
                Assert.False(json.RootElement.GetProperty("errors").GetBoolean(), json.RootElement.GetRawText());
            }

            return await sink.WriteAsync(documents, cancellationToken);
        }

        public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            sink.GetContentHashesAsync(ids, cancellationToken);

        public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => sink.ListIdsAsync(cancellationToken);

        public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => sink.DeleteAsync(ids, cancellationToken);

        public ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken) => sink.CompleteAsync(cancellationToken);

        public ValueTask DisposeAsync() => sink.DisposeAsync();

        private static void WriteAction(Utf8JsonWriter json, string id)
        {
            json.WriteStartObject();
            json.WriteStartObject("update");
            json.WriteString("_id", id);
            json.WriteNumber("retry_on_conflict", 50);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private static void WriteUsers(Utf8JsonWriter json, ImageDocument document)
        {
            json.WriteStartObject();
            json.WriteStartObject("doc");
            foreach (var (name, value) in document.Attributes)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            if (document.Path is not null)
            {
                json.WriteString("image", document.Path);
            }

            if (document.Caption is not null)
            {
                json.WriteString("words", document.Caption);
            }

            json.WriteEndObject();
            json.WriteBoolean("doc_as_upsert", true);
            json.WriteEndObject();
        }
    }
}

public sealed class AttachedImageSinkTests : ImageSinkContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new AttachedContractIndex());
}

public sealed class AttachedPatchStoreTests : PatchStoreContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new AttachedContractIndex());
}

public sealed class AttachedCandidateSourceTests : CandidateSourceContract
{
    protected override bool BringsRecords => true;

    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new AttachedContractIndex());
}

public sealed class AttachedRecallFieldsTests : RecallFieldsContract
{
    protected override ValueTask<ContractIndex> CreateAsync() => ValueTask.FromResult<ContractIndex>(new AttachedContractIndex());
}
