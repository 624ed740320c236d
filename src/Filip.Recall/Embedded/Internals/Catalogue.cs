namespace Filip.Recall.Embedded.Internals;

/// <summary>All pictures in memory: id, row, places. Rows are only ever added and marked; compared with the database by row number.</summary>
/// <remarks>
/// About 40 bytes a picture for the places, 30 for the table of ids and 22 + 2 a character for the id itself, with room to grow:
/// 162 bytes a picture were measured with ids of 16 characters.
/// </remarks>
internal sealed class Catalogue
{
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private PictureRow[] _rows = new PictureRow[64];
    private string[] _ids = new string[64];

    /// <summary>Rows added, dead ones included.</summary>
    public int RowCount { get; private set; }

    /// <summary>Pictures alive.</summary>
    public int Count => _byId.Count;

    /// <summary>Rows that a search may answer: alive, with an intact pooled vector.</summary>
    public Bitmap Searchable { get; } = new();

    /// <summary>Pictures alive whose pooled vector is damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>Row number of the last row added.</summary>
    public long LastRow => RowCount == 0 ? 0 : _rows[RowCount - 1].Row;

    public ReadOnlySpan<PictureRow> Rows => _rows.AsSpan(0, RowCount);

    public ref readonly PictureRow this[int index] => ref _rows[index];

    public string IdOf(int index) => _ids[index];

    /// <summary>The picture's place in memory, or -1.</summary>
    public int Find(string id) => _byId.GetValueOrDefault(id, -1);

    /// <summary>The place in memory of a row number, or -1.</summary>
    public int FindRow(long row)
    {
        int low = 0, high = RowCount - 1;
        while (low <= high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (_rows[middle].Row == row)
            {
                return middle;
            }

            if (_rows[middle].Row < row)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    /// <summary>Adds a row of a higher number than all before it; an older row of that id dies.</summary>
    public int Add(string id, in PictureRow row, bool intact)
    {
        if (RowCount == _rows.Length)
        {
            Array.Resize(ref _rows, RowCount * 2);
            Array.Resize(ref _ids, RowCount * 2);
        }

        if (_byId.TryGetValue(id, out var older))
        {
            Bury(older);
        }

        var index = RowCount++;
        _rows[index] = row;
        _ids[index] = id;
        _byId[id] = index;
        if (intact)
        {
            Searchable.Set(index);
        }
        else
        {
            Damaged++;
        }

        return index;
    }

    /// <summary>Marks a row as gone; one that is not known is passed over.</summary>
    public void Remove(long row)
    {
        var index = FindRow(row);
        if (index >= 0 && _byId.TryGetValue(_ids[index], out var alive) && alive == index)
        {
            Bury(index);
            _byId.Remove(_ids[index]);
        }
    }

    private void Bury(int index)
    {
        if (Searchable[index])
        {
            Searchable.Clear(index);
        }
        else
        {
            Damaged--;
        }
    }
}
