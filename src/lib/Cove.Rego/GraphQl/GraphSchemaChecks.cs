namespace Cove.Rego.GraphQl;

internal sealed partial class GraphSchema
{
    private static readonly string[] OutputKinds =
        [GraphDefinition.Scalar, GraphDefinition.Object, GraphDefinition.Interface, GraphDefinition.Union, GraphDefinition.Enum];

    private static readonly string[] InputKinds = [GraphDefinition.Scalar, GraphDefinition.Enum, GraphDefinition.InputObject];

    private void Check()
    {
        foreach (var name in _types.Keys.Order(StringComparer.Ordinal)) Check(_types[name]);
        foreach (var name in _directives.Keys.Order(StringComparer.Ordinal))
        {
            var directive = _directives[name];
            CheckName(directive.Name, directive.Position);
            CheckArguments(directive.Arguments, directive);
        }
    }

    private void Check(GraphDefinition definition)
    {
        foreach (var field in definition.Fields)
        {
            CheckName(field.Name, field.Position);
            CheckType(field.Type);
            CheckArguments(field.Arguments, current: null);
            CheckDirectives(field.Directives, definition.Kind == GraphDefinition.InputObject ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION", current: null);
        }

        foreach (var name in definition.Types)
        {
            var member = Type(name) ?? throw new GraphException($"Undefined type \"{name}\".", definition.Position);
            if (member.Kind != GraphDefinition.Object) throw new GraphException($"{definition.Kind} type \"{name}\" must be OBJECT.", definition.Position);
        }

        foreach (var name in definition.Interfaces) CheckImplements(definition, name);
        CheckKind(definition);
        CheckDistinctFields(definition);
        if (!definition.IsBuiltIn) CheckName(definition.Name, definition.Position);
        CheckDirectives(definition.Directives, definition.Kind, current: null);
    }

    private void CheckKind(GraphDefinition definition)
    {
        switch (definition.Kind)
        {
            case GraphDefinition.Object or GraphDefinition.Interface:
                if (definition.Fields.Count == 0) throw new GraphException($"{definition.Kind} {definition.Name}: must define one or more fields.", definition.Position);
                foreach (var field in definition.Fields)
                {
                    if (Type(field.Type.InnerName) is { } type && !OutputKinds.Contains(type.Kind))
                        throw new GraphException($"{definition.Kind} {definition.Name}: field must be one of {string.Join(", ", OutputKinds)}.", field.Position);
                }

                break;
            case GraphDefinition.Enum:
                if (definition.EnumValues.Count == 0)
                    throw new GraphException($"{definition.Kind} {definition.Name}: must define one or more unique enum values.", definition.Position);
                if (definition.EnumValues.Find(static v => v.Name is "true" or "false" or "null") is { } wrong)
                    throw new GraphException($"{definition.Kind} {definition.Name}: non-enum value {wrong.Name}.", definition.Position);
                break;
            case GraphDefinition.InputObject:
                if (definition.Fields.Count == 0) throw new GraphException($"{definition.Kind} {definition.Name}: must define one or more input fields.", definition.Position);
                foreach (var field in definition.Fields)
                {
                    if (Type(field.Type.InnerName) is { } type && !InputKinds.Contains(type.Kind))
                        throw new GraphException($"{type.Kind} {field.Name}: field must be one of {string.Join(", ", InputKinds)}.", field.Position);
                }

                break;
        }
    }

    private static void CheckDistinctFields(GraphDefinition definition)
    {
        var seen = new HashSet<string>();
        foreach (var field in definition.Fields)
            if (!seen.Add(field.Name)) throw new GraphException($"Field {definition.Name}.{field.Name} can only be defined once.", field.Position);
    }

    private static void CheckName(string name, GraphPosition position)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
            throw new GraphException($"Name \"{name}\" must not begin with \"__\", which is reserved by GraphQL introspection.", position);
    }

    private void CheckType(GraphType type)
    {
        if (Type(type.InnerName) is null) throw new GraphException($"Undefined type {type.InnerName}.", type.Position);
    }

    private void CheckArguments(List<GraphArgumentDefinition> arguments, GraphDirectiveDefinition? current)
    {
        foreach (var argument in arguments)
        {
            CheckName(argument.Name, argument.Position);
            CheckType(argument.Type);
            var definition = Type(argument.Type.InnerName)!;
            if (!definition.IsInput)
                throw new GraphException($"cannot use {argument.Type} as argument {argument.Name} because {definition.Kind} is not a valid input type", argument.Position);
            CheckDirectives(argument.Directives, "ARGUMENT_DEFINITION", current);
        }
    }

    private void CheckDirectives(List<GraphDirective> directives, string location, GraphDirectiveDefinition? current)
    {
        foreach (var directive in directives)
        {
            CheckName(directive.Name, directive.Position);
            if (current is not null && directive.Name == current.Name) throw new GraphException($"Directive {current.Name} cannot refer to itself.", directive.Position);
            var definition = Directive(directive.Name) ?? throw new GraphException($"Undefined directive {directive.Name}.", directive.Position);
            if (!definition.Locations.Contains(location)) throw new GraphException($"Directive {directive.Name} is not applicable on {location}.", directive.Position);
        }
    }

    /// <summary>A type has all fields of its interfaces, with types at least as narrow and the same arguments (§3.6, §3.7).</summary>
    private void CheckImplements(GraphDefinition definition, string name)
    {
        var contract = Type(name) ?? throw new GraphException($"Undefined type \"{name}\".", definition.Position);
        if (contract.Kind != GraphDefinition.Interface) throw new GraphException($"\"{name}\" is a non interface type {contract.Kind}.", definition.Position);
        foreach (var required in contract.Fields)
        {
            var start = $"For {definition.Name} to implement {contract.Name}";
            var found = definition.Field(required.Name) ?? throw new GraphException($"{start} it must have a field called {required.Name}.", definition.Position);
            if (!IsCovariant(required.Type, found.Type)) throw new GraphException($"{start} the field {required.Name} must have type {required.Type}.", found.Position);
            foreach (var argument in required.Arguments)
            {
                var own = found.Argument(argument.Name)
                    ?? throw new GraphException($"{start} the field {required.Name} must have the same arguments but it is missing {argument.Name}.", found.Position);
                if (!GraphTypes.Fits(argument.Type, own.Type))
                    throw new GraphException($"{start} the field {required.Name} must have the same arguments but {argument.Name} has the wrong type.", own.Position);
            }

            foreach (var argument in found.Arguments)
            {
                if (required.Argument(argument.Name) is null && argument.Type.IsNonNull && argument.Default is null)
                    throw new GraphException($"{start} any additional arguments on {found.Name} must be optional or have a default value but {argument.Name} is required.", argument.Position);
            }
        }

        foreach (var above in contract.Interfaces)
        {
            if (definition.Interfaces.Contains(above)) continue;
            throw new GraphException(above == definition.Name
                ? $"Type {definition.Name} cannot implement {name} because it would create a circular reference."
                : $"Type {definition.Name} must implement {above} because it is implemented by {name}.", definition.Position);
        }
    }

    private bool IsCovariant(GraphType required, GraphType actual)
    {
        if (required.IsNonNull && !actual.IsNonNull) return false;
        if (required.Element is null)
            return required.Name == actual.Name || (actual.Element is null && Possible(required.Name).Any(p => p.Name == actual.Name));
        return actual.Element is not null && IsCovariant(required.Element, actual.Element);
    }
}
