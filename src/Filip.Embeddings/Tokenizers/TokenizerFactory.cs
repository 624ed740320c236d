namespace Filip.Embeddings.Tokenizers;

/// <summary>Builds the tokenizer that a model folder's manifest names.</summary>
public static class TokenizerFactory
{
    /// <summary>Reads the files and builds the tokenizer; it may then be used by any number of threads.</summary>
    /// <param name="options">What the manifest says.</param>
    /// <param name="folder">The model folder, which the options' file names are relative to.</param>
    /// <exception cref="ArgumentException">The options name too few files, too many, or one outside the folder.</exception>
    /// <exception cref="FileNotFoundException">A named file is not there.</exception>
    /// <exception cref="InvalidDataException">A file is broken, or asks for what no tokenizer here does; the message says file, line and what was expected.</exception>
    public static Tokenizer Load(TokenizerOptions options, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        throw new NotImplementedException();
    }
}
