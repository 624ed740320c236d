using System.Text;

namespace Filip.Embeddings.Models;

/// <summary>Finds the files that an ONNX model keeps its large tensors in, by walking its protobuf bytes.</summary>
/// <remarks>
/// ONNX Runtime opens whatever path a tensor names. The manifest must name those files too, so that their hashes are
/// held and none lies outside the folder. Only the few messages on the way to tensors are looked into.
/// </remarks>
internal static class OnnxExternalData
{
    private const int DeepestNesting = 64;

    private enum Message
    {
        Skip, Model, Graph, Node, Attribute, Tensor, SparseTensor, Training, Function, Entry,
    }

    /// <summary>The locations named by tensors, each once, in order of first mention.</summary>
    /// <exception cref="InvalidDataException">The bytes are no whole ONNX model.</exception>
    public static IReadOnlyList<string> LocationsIn(string path)
    {
        // Protobuf holds at most 2 GB, and so does an array.
        var length = new FileInfo(path).Length;
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"'{Path.GetFileName(path)}' has {length} bytes; an ONNX file has at most 2 GB, the rest lies in external data.");
        }

        return LocationsIn(File.ReadAllBytes(path), Path.GetFileName(path));
    }

    /// <summary>As <see cref="LocationsIn(string)"/>, of bytes at hand.</summary>
    public static IReadOnlyList<string> LocationsIn(ReadOnlySpan<byte> model, string name)
    {
        var found = new List<string>();
        try
        {
            Walk(model, Message.Model, found, 0);
        }
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException(
                $"'{name}' is no whole ONNX model: its bytes end or break in the middle of a field. Copy the file again.", fault);
        }

        return found;
    }

    private static Message Child(Message parent, int field) => (parent, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Training, 1 or 2) => Message.Graph,
        (Message.Function, 7) => Message.Node,
        (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Tensor, 13) => Message.Entry,
        _ => Message.Skip,
    };

    private static void Walk(ReadOnlySpan<byte> bytes, Message message, List<string> found, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new OverflowException("Nested too deeply.");
        }

        string? key = null;
        string? value = null;
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var field = checked((int)(tag >> 3));
            switch ((int)(tag & 7))
            {
                case 0:
                    Varint(ref bytes);
                    break;
                case 1:
                    bytes = bytes[8..];
                    break;
                case 5:
                    bytes = bytes[4..];
                    break;
                case 2:
                    var length = checked((int)Varint(ref bytes));
                    var content = bytes[..length];
                    bytes = bytes[length..];
                    if (message == Message.Entry)
                    {
                        key = field == 1 ? Encoding.UTF8.GetString(content) : key;
                        value = field == 2 ? Encoding.UTF8.GetString(content) : value;
                    }
                    else if (Child(message, field) is not Message.Skip and var child)
                    {
                        Walk(content, child, found, depth + 1);
                    }

                    break;
                default:
                    throw new OverflowException("No such wire type.");
            }
        }

        if (message == Message.Entry && key == "location" && value is not null && !found.Contains(value))
        {
            found.Add(value);
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new OverflowException("A number is too long.");
    }
}
