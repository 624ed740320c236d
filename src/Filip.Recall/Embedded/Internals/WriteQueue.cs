namespace Filip.Recall.Embedded.Internals;

/// <summary>A picture past the door, with its attributes as JSON.</summary>
internal readonly record struct AcceptedPicture(EmbeddedPicture Picture, byte[] Attributes)
{
    public long Bytes => Picture.PatchRecord.Length + (Picture.Pooled.Length * sizeof(float)) + Attributes.Length;
}

/// <summary>One call's pictures on their way to disk.</summary>
internal sealed class PendingWrite(List<AcceptedPicture> pictures)
{
    public List<AcceptedPicture> Pictures { get; } = pictures;

    public long Bytes { get; } = pictures.Sum(picture => picture.Bytes);

    /// <summary>Whether a leader has committed them.</summary>
    public bool Done { get; set; }
}

/// <summary>Calls that wait: whoever gets the turn takes along everything that waits, for one fsync.</summary>
internal sealed class WriteQueue
{
    private readonly LinkedList<PendingWrite> _waiting = [];

    public void Add(PendingWrite write)
    {
        lock (_waiting)
        {
            _waiting.AddLast(write);
        }
    }

    /// <summary>Takes a call back that was given up before its turn; it is not written then.</summary>
    public void Withdraw(PendingWrite write)
    {
        lock (_waiting)
        {
            _waiting.Remove(write);
        }
    }

    /// <summary>The next calls up to a number of bytes, at least one.</summary>
    public List<PendingWrite> Take(long bytes)
    {
        List<PendingWrite> group = [];
        lock (_waiting)
        {
            while (_waiting.First is { Value: var next } && (group.Count == 0 || next.Bytes <= bytes))
            {
                bytes -= next.Bytes;
                group.Add(next);
                _waiting.RemoveFirst();
            }
        }

        return group;
    }
}
