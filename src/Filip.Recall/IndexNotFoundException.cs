namespace Filip.Recall;

/// <summary>There is no index where one was named.</summary>
/// <param name="message">What was looked for, where, and what to do.</param>
public sealed class IndexNotFoundException(string message) : InvalidOperationException(message);
