using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Filip.Recall.Embedded.Internals;

/// <summary>For every field and value the rows that have it, so that a filter costs what it finds and not a scan.</summary>
/// <remarks>
/// Values keep their JSON type; numbers compare as numbers (10 = 10.0 = 1e1). Texts are kept as 128-bit hashes: about 50 bytes
/// a distinct value and 4 a further picture that has it. A list stands for each of its elements, an object for its members under
/// dotted names; null, an empty list and a list of nulls count as missing.
/// </remarks>
internal sealed class FieldColumns
{
    /// <summary>How stored attributes are read.</summary>
    public static readonly JsonDocumentOptions Reading = new() { MaxDepth = PictureDoor.MostLevels };

    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    /// <summary>Names of all fields seen, null ones too.</summary>
    public IReadOnlyCollection<string> Names => _columns.Keys;

    public bool Has(string field) => _columns.ContainsKey(field);

    /// <summary>Takes a picture's attributes in; rows come in rising order.</summary>
    public void Add(int index, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Reading);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            AddValue(member.Name, member.Value, index);
        }
    }

    /// <summary>The rows below <paramref name="rowCount"/> that a filter lets through (dead ones may be among them).</summary>
    public Bitmap Match(FieldFilter filter, int rowCount)
    {
        var matches = new Bitmap(rowCount);
        var column = _columns.GetValueOrDefault(filter.Field);
        foreach (var value in filter.Values)
        {
            if (value.ValueKind == JsonValueKind.Null)
            {
                matches.UnionWithout(column?.Present ?? new Bitmap(), rowCount);
            }
            else if (column is not null && column.Rows.TryGetValue(KeyOf(value), out var rows))
            {
                matches.Set(rows.First);
                foreach (var index in rows.Others ?? [])
                {
                    matches.Set(index);
                }
            }
        }

        return matches;
    }

    private bool AddValue(string name, JsonElement value, int index)
    {
        var column = ColumnOf(name);
        var present = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    present |= AddValue(name, element, index);
                }

                return present;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    present |= AddValue($"{name}.{member.Name}", member.Value, index);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                column.Add(KeyOf(value), index);
                present = true;
                break;
        }

        if (present)
        {
            column.Present.Set(index);
        }

        return present;
    }

    private Column ColumnOf(string name)
    {
        ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(_columns, name, out _);
        return column ??= new Column();
    }

    private static ScalarKey KeyOf(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return new ScalarKey(ScalarKind.Boolean, 1);
            case JsonValueKind.False:
                return new ScalarKey(ScalarKind.Boolean, 0);
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                return new ScalarKey(ScalarKind.Whole, (UInt128)(ulong)whole);
            case JsonValueKind.Number:
                // 2^53 and beyond a double is no longer every integer; such numbers meet only their own spelling as a double.
                var number = value.GetDouble();
                return Math.Abs(number) < 9007199254740992 && number == Math.Truncate(number)
                    ? new ScalarKey(ScalarKind.Whole, (UInt128)(ulong)(long)number)
                    : new ScalarKey(ScalarKind.Fraction, BitConverter.DoubleToUInt64Bits(number));
            default:
                return new ScalarKey(ScalarKind.Text, XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(value.GetString()!)));
        }
    }

    private enum ScalarKind : byte
    {
        Boolean,
        Whole,
        Fraction,
        Text,
    }

    private readonly record struct ScalarKey(ScalarKind Kind, UInt128 Value);

    // Most values of a field such as a title belong to one picture: the first row stands without a list.
    private struct RowList
    {
        public int First;
        public List<int>? Others;
    }

    private sealed class Column
    {
        public Dictionary<ScalarKey, RowList> Rows { get; } = [];

        public Bitmap Present { get; } = new();

        public void Add(ScalarKey key, int index)
        {
            ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(Rows, key, out var there);
            if (!there)
            {
                rows.First = index;
            }
            else
            {
                (rows.Others ??= []).Add(index);
            }
        }
    }
}
