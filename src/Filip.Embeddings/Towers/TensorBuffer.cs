using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>A float tensor over rented memory that ONNX Runtime writes to.</summary>
internal sealed class TensorBuffer : IDisposable
{
    private readonly float[] _rented;
    private readonly int _length;

    /// <summary>Rents memory of a shape.</summary>
    public TensorBuffer(params ReadOnlySpan<long> shape)
    {
        long length = 1;
        foreach (var side in shape)
        {
            length = checked(length * side);
        }

        _length = checked((int)length);
        _rented = ArrayPool<float>.Shared.Rent(_length);
        Value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _rented.AsMemory(0, _length), shape.ToArray());
    }

    /// <summary>The tensor for a run.</summary>
    public OrtValue Value { get; }

    /// <summary>Its values.</summary>
    public Span<float> Span => _rented.AsSpan(0, _length);

    /// <summary>The values of one item of a batch.</summary>
    public Span<float> Item(int index, int valuesPerItem) => _rented.AsSpan(index * valuesPerItem, valuesPerItem);

    /// <inheritdoc/>
    public void Dispose()
    {
        Value.Dispose();
        ArrayPool<float>.Shared.Return(_rented);
    }
}

/// <summary>A tensor of ids, in whichever of the two integer types the tower wants.</summary>
internal sealed class IdTensor : IDisposable
{
    private readonly int[]? _narrow;
    private readonly long[]? _wide;
    private readonly int _columns;

    /// <summary>Makes a tensor of zeros.</summary>
    public IdTensor(string type, int rows, int columns)
    {
        _columns = columns;
        long[] shape = [rows, columns];
        if (type == "int32")
        {
            _narrow = new int[rows * columns];
            Value = OrtValue.CreateTensorValueFromMemory(_narrow, shape);
        }
        else
        {
            _wide = new long[rows * columns];
            Value = OrtValue.CreateTensorValueFromMemory(_wide, shape);
        }
    }

    /// <summary>The tensor for a run.</summary>
    public OrtValue Value { get; }

    /// <summary>Writes one value.</summary>
    public void Set(int row, int column, int value)
    {
        if (_narrow is not null)
        {
            _narrow[(row * _columns) + column] = value;
        }
        else
        {
            _wide![(row * _columns) + column] = value;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
