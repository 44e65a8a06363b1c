using System.Runtime.CompilerServices;
using Cove.Rego.Evaluation;

namespace Cove.Rego.GraphQl;

/// <summary>
/// Checks a query against a schema (GraphQL specification §5). One walk over the document tells every node what the schema says about it; at each node the
/// rules run in the field's order, so that the errors come in the field's order.
/// </summary>
internal sealed partial class GraphValidation(EvaluationContext context, GraphSchema schema, GraphQuery query)
{
    private readonly List<string> _errors = [];
    private HashSet<string> _walkedFragments = [];
    private GraphOperation? _operation;

    /// <summary>All errors, one a line, or nothing when the query is valid.</summary>
    public string Run()
    {
        foreach (var operation in query.Operations)
        {
            _walkedFragments = [];
            Walk(operation);
        }

        foreach (var fragment in query.Fragments)
        {
            _walkedFragments = [];
            var definition = fragment.Definition = schema.Type(fragment.TypeCondition);
            Walk(fragment.Directives, "FRAGMENT_DEFINITION");
            Walk(definition, fragment.Selections);
            Check(fragment);
        }

        return string.Concat(_errors.Select(static e => e + "\n"));
    }

    private void Add(string message, GraphPosition position) => _errors.Add(GraphException.Describe("input", position, message));

    private void Walk(GraphOperation operation)
    {
        _operation = operation;
        foreach (var variable in operation.Variables)
        {
            CheckVariable(variable);
            if (variable.Default is not { } value) continue;
            value.ExpectedType = variable.Type;
            value.Definition = schema.Type(variable.Type.InnerName);
        }

        foreach (var variable in operation.Variables)
        {
            if (variable.Default is not null) Walk(variable.Default);
            Walk(variable.Directives, "VARIABLE_DEFINITION");
        }

        Walk(operation.Directives, operation.Kind.ToUpperInvariant());
        Walk(schema.Root(operation.Kind), operation.Selections);
        Check(operation);
        _operation = null;
    }

    private void Walk(List<GraphDirective> directives, string location)
    {
        foreach (var directive in directives)
        {
            var definition = directive.Definition = schema.Directive(directive.Name);
            foreach (var argument in directive.Arguments) Walk(argument, definition?.Arguments.Find(a => a.Name == argument.Name));
            Check(directive, location);
        }

        CheckDistinct(directives);
    }

    private void Walk(GraphArgument argument, GraphArgumentDefinition? definition)
    {
        if (definition is not null)
        {
            argument.Value.ExpectedType = definition.Type;
            argument.Value.Definition = schema.Type(definition.Type.InnerName);
        }

        Walk(argument.Value);
    }

    private void Walk(GraphValue value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.CountStep();
        if (value.Kind == GraphValueKind.Variable && _operation?.Variables.Find(v => v.Name == value.Raw) is { } variable)
        {
            value.Variable = variable;
            variable.IsUsed = true;
        }

        foreach (var child in value.Children)
        {
            if (value.Kind == GraphValueKind.Object && value.Definition?.Field(child.Name) is { } field)
            {
                child.Value.ExpectedType = field.Type;
                child.Value.Definition = schema.Type(field.Type.InnerName);
            }
            else if (value.Kind == GraphValueKind.List && value.ExpectedType?.Element is { } element)
            {
                child.Value.ExpectedType = element;
                child.Value.Definition = value.Definition;
            }

            Walk(child.Value);
        }

        Check(value);
    }

    private void Walk(GraphDefinition? parent, List<GraphSelection> selections)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var selection in selections)
        {
            context.CountStep();
            selection.Parent = parent;
            switch (selection)
            {
                case GraphField field:
                    Walk(field, parent);
                    break;
                case GraphInlineFragment fragment:
                    var inside = fragment.TypeCondition.Length == 0 ? parent : schema.Type(fragment.TypeCondition);
                    Walk(fragment.Directives, "INLINE_FRAGMENT");
                    Walk(inside, fragment.Selections);
                    Check(fragment);
                    break;
                case GraphSpread spread:
                    var target = spread.Fragment = query.Fragments.Find(f => f.Name == spread.Name);
                    Walk(spread.Directives, "FRAGMENT_SPREAD");
                    if (target is not null && _walkedFragments.Add(target.Name)) Walk(schema.Type(target.TypeCondition), target.Selections);
                    Check(spread);
                    break;
            }
        }
    }

    private void Walk(GraphField field, GraphDefinition? parent)
    {
        var definition = field.Definition = field.Name == "__typename"
            ? new GraphFieldDefinition { Name = field.Name, Type = new GraphType { Name = "String" } }
            : parent?.Field(field.Name);
        foreach (var argument in field.Arguments) Walk(argument, definition?.Argument(argument.Name));
        Walk(field.Directives, "FIELD");
        Walk(definition is null ? null : schema.Type(definition.Type.InnerName), field.Selections);
        Check(field);
    }
}
