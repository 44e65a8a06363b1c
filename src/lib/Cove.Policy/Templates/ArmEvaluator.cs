using Cove.Outcomes;

namespace Cove.Policy.Templates;

/// <summary>Evaluates expressions against a scope. What is computed from a secure parameter stays marked as secret.</summary>
internal sealed class ArmEvaluator(ArmScope scope)
{
    private const int MaxLoopCount = 800; // Azure's own limit for one copy loop

    /// <summary>Evaluates every expression within a value; loops (<c>copy</c>) of members are unrolled.</summary>
    /// <param name="value">The value as written.</param>
    /// <param name="path">Where it stands in the template, for errors.</param>
    /// <exception cref="MalformedException">An expression is wrong; says where and why.</exception>
    internal ArmValue Evaluate(ArmValue value, string path)
    {
        switch (value)
        {
            case ArmText text when ArmExpressionParser.IsExpression(text.Value):
                return Expression(text.Value, path);
            case ArmText text when text.Value.StartsWith("[[", StringComparison.Ordinal):
                return new ArmText(text.Value[1..], text.IsSecret);
            case ArmArray array:
                return new ArmArray([.. array.Items.Select((item, i) => Evaluate(item, $"{path}[{i}]"))]);
            case ArmObject obj:
                return Members(obj, path);
            default:
                return value;
        }
    }

    /// <summary>Unrolls a loop <c>{name, count, input}</c> into an array.</summary>
    internal ArmArray Repeat(ArmObject loop, string path)
    {
        if (loop["name"] is not ArmText name) throw new MalformedException(ArmScope.Format, path, "is a copy loop without a name");
        if (loop["input"] is not { } input) throw new MalformedException(ArmScope.Format, path, "is a copy loop without an input");
        var items = new List<ArmValue>();
        for (var i = 0; i < Count(loop, path); i++)
        {
            scope.Loops.Add((name.Value, i));
            items.Add(Evaluate(input, $"{path}[{i}]"));
            scope.Loops.RemoveAt(scope.Loops.Count - 1);
        }

        return new ArmArray(items);
    }

    /// <summary>The count of a loop.</summary>
    internal int Count(ArmObject loop, string path) =>
        Evaluate(loop["count"] ?? ArmNull.Instance, $"{path}.count") is ArmNumber count && decimal.IsInteger(count.Value) && count.Value is >= 0 and <= MaxLoopCount
            ? (int)count.Value
            : throw new MalformedException(ArmScope.Format, $"{path}.count", $"is not a whole number from 0 to {MaxLoopCount}");

    private ArmObject Members(ArmObject obj, string path)
    {
        var members = new List<KeyValuePair<string, ArmValue>>(obj.Members.Count);
        foreach (var (name, member) in obj.Members)
        {
            if (name.Equals("copy", StringComparison.OrdinalIgnoreCase) && member is ArmArray loops)
            {
                foreach (var loop in loops.Items.OfType<ArmObject>())
                {
                    var target = loop["name"] is ArmText text ? text.Value : "copy";
                    members.Add(KeyValuePair.Create(target, (ArmValue)Repeat(loop, $"{path}.{target}")));
                }
            }
            else
            {
                members.Add(KeyValuePair.Create(name, Evaluate(member, path.Length == 0 ? name : $"{path}.{name}")));
            }
        }

        return new ArmObject(members);
    }

    private ArmValue Expression(string text, string path)
    {
        try
        {
            return Value(ArmExpressionParser.Parse(text));
        }
        catch (ArmSyntaxException e)
        {
            throw new MalformedException(ArmScope.Format, path, $"expression at character {e.Offset}: {e.Message}", inner: e);
        }
    }

    private ArmValue Value(ArmExpression expression) => expression switch
    {
        ArmExpression.Literal literal => literal.Value,
        ArmExpression.Member member => Select(member),
        ArmExpression.Call call => Call(call),
        _ => throw new ArmSyntaxException(expression.Offset, "unknown kind of expression"),
    };

    private ArmValue Select(ArmExpression.Member member)
    {
        var of = Value(member.Of);
        if (of is ArmUnknown) return of;
        var selector = Value(member.Selector);
        if (selector is ArmUnknown) return selector;
        var found = (of, selector) switch
        {
            (ArmObject obj, ArmText name) => obj[name.Value],
            (ArmArray array, ArmNumber index) when decimal.IsInteger(index.Value) && index.Value >= 0 && index.Value < array.Items.Count => array.Items[(int)index.Value],
            (ArmNull, _) when member.NullSafe => ArmNull.Instance,
            (ArmArray, ArmNumber) or (ArmObject, _) => null,
            _ => throw new ArmSyntaxException(member.Offset, $"a {of.Kind} cannot be indexed by a {selector.Kind}"),
        };
        return found ?? (member.NullSafe
            ? ArmNull.Instance
            : throw new ArmSyntaxException(member.Offset, $"the {of.Kind} has no {(selector is ArmText name2 ? $"member '{name2.Value}'" : $"element {selector}")}"));
    }

    private ArmValue Call(ArmExpression.Call call)
    {
        switch (call.Name.ToUpperInvariant())
        {
            case "PARAMETERS": return scope.Parameter(Name(call), call.Offset);
            case "VARIABLES": return scope.Variable(Name(call), call.Offset);
            case "IF":
                if (call.Arguments.Count != 3)
                    throw new ArmSyntaxException(call.Offset, $"function 'if' takes 3 arguments, got {call.Arguments.Count}");
                return Value(call.Arguments[0]) switch
                {
                    ArmBool condition => Value(call.Arguments[condition.Value ? 1 : 2]),
                    ArmUnknown unknown => unknown,
                    var other => throw new ArmSyntaxException(call.Offset, $"function 'if' needs a bool, got a {other.Kind}"),
                };
            case "COPYINDEX": return CopyIndex(call);
            case "REFERENCE" or "LISTKEYS" or "LISTSECRETS" or "LIST":
                return new ArmUnknown($"{call.Name}() is known only once the resource is deployed");
        }

        if (!ArmFunctions.All.TryGetValue(call.Name, out var function))
            throw new ArmSyntaxException(call.Offset, $"function '{call.Name}' is not known");
        if (call.Arguments.Count < function.Least || call.Arguments.Count > function.Most)
            throw new ArmSyntaxException(call.Offset, $"function '{call.Name}' takes {function.Arity} arguments, got {call.Arguments.Count}");
        var arguments = call.Arguments.Select(Value).ToArray();
        if (arguments.FirstOrDefault(argument => argument is ArmUnknown) is { } missing) return missing;
        var result = function.Apply(new ArmCall(call, arguments, scope.Context));
        return arguments.Any(argument => argument.IsSecret) ? result.AsSecret() : result;
    }

    private string Name(ArmExpression.Call call)
    {
        if (call.Arguments.Count != 1)
            throw new ArmSyntaxException(call.Offset, $"function '{call.Name}' takes 1 argument, got {call.Arguments.Count}");
        return Value(call.Arguments[0]) is ArmText name
            ? name.Value
            : throw new ArmSyntaxException(call.Arguments[0].Offset, $"function '{call.Name}' needs a name in quotes");
    }

    private ArmNumber CopyIndex(ArmExpression.Call call)
    {
        var arguments = call.Arguments.Select(Value).ToArray();
        var name = arguments.Length > 0 && arguments[0] is ArmText text ? text.Value : null;
        var shift = arguments.Length > 0 && arguments[^1] is ArmNumber offset ? offset.Value : 0;
        for (var i = scope.Loops.Count - 1; i >= 0; i--)
        {
            if (name is null || scope.Loops[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return new ArmNumber(scope.Loops[i].Index + shift);
        }

        throw new ArmSyntaxException(call.Offset, name is null ? "copyIndex() stands outside a copy loop" : $"there is no copy loop '{name}' around this");
    }
}
