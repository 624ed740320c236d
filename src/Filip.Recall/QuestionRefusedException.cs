namespace Filip.Recall;

/// <summary>A question that this index can never answer, whoever asks: the asker's to change, not the index's trouble.</summary>
/// <param name="message">What was found and what to do.</param>
/// <param name="member">The part of the question: <c>filter</c> or <c>lexical</c>.</param>
public sealed class QuestionRefusedException(string message, string member) : Exception(message)
{
    /// <summary>The part of the question.</summary>
    public string Member => member;
}
