namespace Cove.Policy.Templates;

/// <summary>A parsed template expression. Offsets count characters from the opening bracket of the string it stands in.</summary>
internal abstract record ArmExpression(int Offset)
{
    /// <summary>A quoted string or a whole number.</summary>
    internal sealed record Literal(int Offset, ArmValue Value) : ArmExpression(Offset);

    /// <summary>A function call; a name may hold a namespace and a dot.</summary>
    internal sealed record Call(int Offset, string Name, IReadOnlyList<ArmExpression> Arguments) : ArmExpression(Offset);

    /// <summary>A member (<c>.name</c>, <c>['name']</c>) or an element (<c>[0]</c>) of a value; null-safe with a question mark.</summary>
    internal sealed record Member(int Offset, ArmExpression Of, ArmExpression Selector, bool NullSafe) : ArmExpression(Offset);
}
