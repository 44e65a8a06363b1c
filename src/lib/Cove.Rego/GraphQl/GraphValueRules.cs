using System.Globalization;
using System.Numerics;

namespace Cove.Rego.GraphQl;

/// <summary>The rules for values (GraphQL specification §5.6, §5.8).</summary>
internal sealed partial class GraphValidation
{
    private void Check(GraphValue value)
    {
        if (value.Kind == GraphValueKind.Variable && value.Variable is null && _operation is { } operation)
        {
            var where = operation.Name.Length == 0 ? "" : $" by operation \"{operation.Name}\"";
            Add($"Variable \"{value}\" is not defined{where}.", value.Position);
        }

        if (value.Kind == GraphValueKind.Object)
        {
            var seen = new HashSet<string>();
            foreach (var child in value.Children)
                if (!seen.Add(child.Name)) Add($"There can be only one input field named \"{child.Name}\".", child.Position);
        }

        if (value is { Definition: { } definition, ExpectedType: { } expected }) CheckType(value, definition, expected);
        CheckVariableUse(value);
    }

    private void CheckType(GraphValue value, GraphDefinition definition, GraphType expected)
    {
        // A scalar of the schema's own takes whatever it likes.
        if (definition.Kind == GraphDefinition.Scalar && definition.Name is not ("Int" or "Float" or "String" or "Boolean" or "ID")) return;
        var names = definition.EnumValues.Select(static v => v.Name);
        switch (value.Kind)
        {
            case GraphValueKind.Null:
                if (expected.IsNonNull) Add($"Expected value of type \"{expected}\", found {value}.", value.Position);
                break;
            case GraphValueKind.List:
                if (expected.Element is null) Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.Int:
                // A number that no 64-bit integer holds is no value at all for the field's parser, whatever is wanted.
                if (!long.TryParse(value.Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) Add(Mismatch(value, definition, expected), value.Position);
                if (definition.Name is not ("Int" or "Float" or "ID")) Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.Float:
                if (definition.Name != "Float") Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.Boolean:
                if (definition.Name != "Boolean") Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.String or GraphValueKind.Block when definition.Kind == GraphDefinition.Enum:
                Add($"Enum \"{expected}\" cannot represent non-enum value: {value}.{GraphSuggestions.Sentence("Did you mean the enum value", value.Raw, names)}", value.Position);
                break;
            case GraphValueKind.String or GraphValueKind.Block:
                if (definition.Name is not ("String" or "ID")) Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.Enum when definition.Kind != GraphDefinition.Enum:
                Add(Mismatch(value, definition, expected), value.Position);
                break;
            case GraphValueKind.Enum:
                if (!definition.EnumValues.Exists(v => v.Name == value.Raw))
                    Add($"Value \"{value}\" does not exist in \"{expected}\" enum.{GraphSuggestions.Sentence("Did you mean the enum value", value.Raw, names)}", value.Position);
                break;
            case GraphValueKind.Object:
                CheckFields(value, definition);
                break;
        }
    }

    private void CheckFields(GraphValue value, GraphDefinition definition)
    {
        foreach (var field in definition.Fields.Where(static f => f.Type.IsNonNull && f.Default is null))
        {
            if (!value.Children.Exists(c => c.Name == field.Name))
                Add($"Field \"{definition.Name}.{field.Name}\" of required type \"{field.Type}\" was not provided.", value.Position);
        }

        foreach (var child in value.Children.Where(c => definition.Field(c.Name) is null))
        {
            var suggestion = GraphSuggestions.Sentence("Did you mean", child.Name, definition.Fields.Select(static f => f.Name));
            Add($"Field \"{child.Name}\" is not defined by type \"{definition.Name}\".{suggestion}", child.Position);
        }
    }

    private static string Mismatch(GraphValue value, GraphDefinition definition, GraphType expected) => expected.ToString() switch
    {
        "Int" or "Int!" => IsTooLarge(value.Raw) ? $"Int cannot represent non 32-bit signed integer value: {value}" : $"Int cannot represent non-integer value: {value}",
        "String" or "String!" or "[String]" => $"String cannot represent a non string value: {value}",
        "Boolean" or "Boolean!" => $"Boolean cannot represent a non boolean value: {value}",
        "Float" or "Float!" => $"Float cannot represent non numeric value: {value}",
        "ID" or "ID!" => $"ID cannot represent a non-string and non-integer value: {value}",
        var text when definition.Kind == GraphDefinition.Enum => $"Enum \"{text}\" cannot represent non-enum value: {value}.",
        var text => $"Expected value of type \"{text}\", found {value}.",
    };

    private static bool IsTooLarge(string raw) =>
        BigInteger.TryParse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && (number < int.MinValue || number > int.MaxValue);

    private void CheckVariableUse(GraphValue value)
    {
        if (value is not { Kind: GraphValueKind.Variable, ExpectedType: { } expected, Variable: { } variable } || _operation is null) return;
        // A default that is not null stands in for null.
        var wanted = variable.Default is { Kind: not GraphValueKind.Null } && expected.IsNonNull
            ? new GraphType { Name = expected.Name, Element = expected.Element }
            : expected;
        if (!GraphTypes.Fits(variable.Type, wanted))
            Add($"Variable \"{value}\" of type \"{variable.Type}\" used in position expecting type \"{expected}\".", value.Position);
    }
}
