namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Reads the first picture of a JPEG file (or of several in one, MPO): fence, ImageSharp, smooth chroma, orientation.</summary>
internal static class JpegReader
{
    /// <summary>Decodes the picture.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, broken, or of a kind that is not read.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        using var rewritten = new MemoryStream(file.Length + 64);
        var fence = new JpegFence(file, limits, rewritten);
        JpegFrame frame = fence.Walk();
        RgbPicture picture = ImageSharpDecoder.Jpeg(rewritten);
        if (fence.ChromaIsRaw)
        {
            picture = ChromaUpsampling.Raise(picture, frame, fence.IsLuminance);
        }

        return ExifOrientation.Apply(picture, fence.Orientation);
    }
}
