namespace Filip.Rerank.Experiments;

/// <summary>A file whose being there ends the experiment at once, for all, without a restart.</summary>
/// <param name="file">The file, or null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class KillSwitch(string? file, TimeProvider time)
{
    /// <summary>A disk is not asked for every search; a quarter of a second is at once for people.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private long? _looked;
    private bool _on;

    /// <summary>Whether A is served to all.</summary>
    public bool IsOn
    {
        get
        {
            if (file is null)
            {
                return false;
            }

            lock (_gate)
            {
                if (_looked is null || time.GetElapsedTime(_looked.Value) >= LookEvery)
                {
                    _on = File.Exists(file);
                    _looked = time.GetTimestamp();
                }

                return _on;
            }
        }
    }
}
