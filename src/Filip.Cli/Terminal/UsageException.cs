namespace Filip.Cli.Terminal;

/// <summary>The user's words cannot be done: one clear line, exit code 2.</summary>
/// <param name="message">What was found, what was expected, what to do.</param>
internal sealed class UsageException(string message) : Exception(message);
