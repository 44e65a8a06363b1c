using Cove.Rego.Analysis;
using Cove.Rego.Values;

namespace Cove.Rego.Linking;

/// <summary>Reads what <see cref="TypeWriter"/> wrote.</summary>
internal sealed class TypeReader(ByteSource bytes, TermReader values)
{
    public RegoType? Type()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var kind = (TypeKind)bytes.Byte();
        switch (kind)
        {
            case TypeKind.None: return null;
            case TypeKind.Scalar: return new ScalarType((RegoKind)bytes.Byte());
            case TypeKind.Any:
                var members = Types();
                return members.Length == 0 ? RegoType.Any : new AnyType(members);
            case TypeKind.Array: return new ArrayType(Types(), Type());
            case TypeKind.Set: return new SetType(Known());
            case TypeKind.Object:
                var properties = new (RegoValue, RegoType)[bytes.Count()];
                for (var i = 0; i < properties.Length; i++) properties[i] = (values.Value(), Known());
                return new ObjectType(properties, Type(), Type());
            case TypeKind.Function: return new RegoFunctionType(Types(), Known(), bytes.Flag());
            default: throw new FormatException($"the image has a type of kind {kind}");
        }
    }

    private RegoType Known() => Type() ?? throw new FormatException("the image does not say a type where one belongs");

    private RegoType[] Types()
    {
        var types = new RegoType[bytes.Count()];
        for (var i = 0; i < types.Length; i++) types[i] = Known();
        return types;
    }
}
