namespace Filip.Rerank.Experiments;

/// <summary>A file of JSON lines, opened to be appended to.</summary>
public static class EventLines
{
    /// <summary>Opens the file, and makes it and its folder where they are not there.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A stream at the start of a line: a line that a crash cut short is ended first, so that it spoils no other.</returns>
    public static Stream Open(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // Unbuffered: what a failed write left in a buffer must not come out later as half a line.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            if (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() != '\n')
                {
                    file.WriteByte((byte)'\n');
                }
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
