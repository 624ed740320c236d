using Filip.Embeddings;
using Filip.Embeddings.Pictures;

namespace Filip.Rerank.Search;

/// <summary>A picture as a query: its patches are the query tokens.</summary>
/// <param name="encoder">The image tower.</param>
/// <param name="preprocessor">What makes pictures into its input.</param>
internal sealed class PictureQuery(IImageEncoder encoder, PicturePreprocessor preprocessor)
{
    /// <summary>Search by picture, or null where the parts have no image tower.</summary>
    /// <exception cref="ArgumentException">There is a tower and nothing that makes its input.</exception>
    public static PictureQuery? From(SearchEngineParts parts)
    {
        if (parts.ImageEncoder is null)
        {
            return null;
        }

        return parts.Preprocessor is { } preprocessor
            ? new PictureQuery(parts.ImageEncoder, preprocessor)
            : throw new ArgumentException("There is an image tower and no preprocessor; give the model folder's.", nameof(parts));
    }

    /// <summary>Decodes and encodes one picture.</summary>
    /// <param name="file">The bytes of a picture file.</param>
    /// <param name="cancellationToken">Looked at before the tower runs.</param>
    /// <exception cref="SearchRefusedException">The bytes are no picture that can be read.</exception>
    public async Task<EncodedQuery> EncodeAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var pixels = new float[preprocessor.Length];
        try
        {
            preprocessor.Prepare(PictureDecoder.Decode(file), pixels);
        }
        catch (PictureRefusedException refused)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidPicture, $"The picture cannot be read ({refused.Code}): {refused.Message}", "image_base64");
        }

        var encoded = await encoder.EncodeAsync(pixels, 1, cancellationToken).ConfigureAwait(false);
        var patches = encoded[0].Patches;
        TokenLabel[] labels = [.. Enumerable.Range(0, patches.RowCount).Select(i => new TokenLabel(i, $"patch {i}", i))];
        return new EncodedQuery([new QueryPart(patches, labels)], encoded[0].Pooled);
    }
}
