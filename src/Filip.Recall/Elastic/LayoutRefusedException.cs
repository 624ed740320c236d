namespace Filip.Recall.Elastic;

/// <summary>The index is laid out so that what was asked cannot be done to it, or not without harm to what is there.</summary>
/// <param name="message">What was found and what to do instead.</param>
public sealed class LayoutRefusedException(string message) : InvalidOperationException(message);
