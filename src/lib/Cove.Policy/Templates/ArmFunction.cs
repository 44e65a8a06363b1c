namespace Cove.Policy.Templates;

/// <summary>A function of the template language: how many arguments it takes and what it yields.</summary>
internal sealed record ArmFunction(int Least, int Most, Func<ArmCall, ArmValue> Apply)
{
    internal string Arity => Least == Most ? $"{Least}" : Most == int.MaxValue ? $"at least {Least}" : $"{Least} to {Most}";
}

/// <summary>A call with its arguments evaluated; the accessors say what is wrong with an argument, and where it stands.</summary>
internal sealed class ArmCall(ArmExpression.Call call, ArmValue[] arguments, ArmContext context)
{
    internal ArmContext Context { get; } = context;

    internal IReadOnlyList<ArmValue> Arguments { get; } = arguments;

    internal ArmValue this[int i] => arguments[i];

    internal int Count => arguments.Length;

    internal string Text(int i) => arguments[i] is ArmText text ? text.Value : throw Wrong(i, "a string");

    internal ArmArray Array(int i) => arguments[i] as ArmArray ?? throw Wrong(i, "an array");

    internal bool Bool(int i) => arguments[i] is ArmBool flag ? flag.Value : throw Wrong(i, "a bool");

    internal long Integer(int i) =>
        arguments[i] is ArmNumber number && decimal.IsInteger(number.Value) && number.Value is >= long.MinValue and <= long.MaxValue
        ? (long)number.Value
        : throw Wrong(i, "an int");

    internal ArmSyntaxException Fail(string problem) => new(call.Offset, $"function '{call.Name}': {problem}");

    internal ArmSyntaxException Wrong(int i, string expected) =>
        new(call.Arguments[i].Offset, $"function '{call.Name}': argument {i + 1} is a {arguments[i].Kind}, expected {expected}");
}
