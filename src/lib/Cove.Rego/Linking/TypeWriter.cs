using Cove.Rego.Analysis;
using Cove.Rego.Syntax;

namespace Cove.Rego.Linking;

/// <summary>Writes what the checker found out about a document.</summary>
internal sealed class TypeWriter(StringTable strings, List<SourceText> files)
{
    private readonly TermWriter values = new(strings, files);

    public void Write(ByteSink sink, RegoType? type)
    {
        sink.Byte((int)KindOf(type));
        switch (type)
        {
            case ScalarType scalar:
                sink.Byte((int)scalar.Kind);
                break;
            case AnyType any:
                Write(sink, any.Members);
                break;
            case ArrayType array:
                Write(sink, array.Items);
                Write(sink, array.Rest);
                break;
            case SetType set:
                Write(sink, set.Of);
                break;
            case ObjectType obj:
                sink.Number(obj.Properties.Count);
                foreach (var (key, property) in obj.Properties)
                {
                    values.Value(sink, key);
                    Write(sink, property);
                }

                Write(sink, obj.Key);
                Write(sink, obj.Value);
                break;
            case RegoFunctionType function:
                Write(sink, function.Arguments);
                Write(sink, function.Result);
                sink.Flag(function.Variadic);
                break;
        }
    }

    private static TypeKind KindOf(RegoType? type) => type switch
    {
        null => TypeKind.None,
        ScalarType => TypeKind.Scalar,
        AnyType => TypeKind.Any,
        ArrayType => TypeKind.Array,
        SetType => TypeKind.Set,
        ObjectType => TypeKind.Object,
        RegoFunctionType => TypeKind.Function,
        _ => throw new InvalidOperationException($"a type of {type.GetType().Name} cannot be written"),
    };

    private void Write(ByteSink sink, IReadOnlyList<RegoType> types)
    {
        sink.Number(types.Count);
        foreach (var type in types) Write(sink, type);
    }
}

/// <summary>What a type is, as an image says it. The numbers are part of the format.</summary>
internal enum TypeKind : byte
{
    None = 0,
    Scalar = 1,
    Any = 2,
    Array = 3,
    Set = 4,
    Object = 5,
    Function = 6,
}
