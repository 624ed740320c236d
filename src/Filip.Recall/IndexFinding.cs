namespace Filip.Recall;

/// <summary>One thing that a verification of an index found.</summary>
/// <param name="Level"><c>error</c> (a picture cannot be found or scored), <c>warning</c> or <c>info</c>.</param>
/// <param name="Code">Stable name of the kind of finding, such as <c>PATCHES_DAMAGED</c>.</param>
/// <param name="Message">What was found, what was expected, what to do.</param>
public sealed record IndexFinding(string Level, string Code, string Message)
{
    /// <summary>A picture is lost or the index cannot be trusted.</summary>
    public const string Error = "error";

    /// <summary>Nothing is lost, but someone should look.</summary>
    public const string Warning = "warning";

    /// <summary>Facts for people.</summary>
    public const string Info = "info";
}
