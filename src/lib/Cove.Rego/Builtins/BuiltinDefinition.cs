using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>A builtin function: its name, its signature and what it does.</summary>
internal sealed class BuiltinDefinition
{
    private readonly string _signature;
    private Analysis.RegoFunctionType? _type;

    /// <param name="name">The dotted name.</param>
    /// <param name="signature">For instance <c>(str, array[str]) -> bool</c>; see <see cref="Analysis.SignatureParser"/>.</param>
    public BuiltinDefinition(string name, string signature)
    {
        Name = name;
        _signature = signature;
        Arity = CountArguments(signature);
    }

    public string Name { get; }

    public int Arity { get; }

    public bool IsRelation { get; init; }

    public bool IsDeprecated { get; init; }

    public bool IsVoid { get; init; }

    public bool NeedsNetwork { get; init; }

    public Func<EvaluationContext, RegoValue?>? Zero { get; init; }

    public Func<EvaluationContext, RegoValue, RegoValue?>? One { get; init; }

    public Func<EvaluationContext, RegoValue, RegoValue, RegoValue?>? Two { get; init; }

    public Func<EvaluationContext, RegoValue[], RegoValue?>? Many { get; init; }

    public Analysis.RegoFunctionType Type => _type ??= Analysis.SignatureParser.Parse(_signature);

    public RegoValue? Invoke(EvaluationContext context, RegoValue[] arguments, Syntax.Location? at = null)
    {
        var result = One is not null ? One(context, arguments[0])
            : Two is not null ? Two(context, arguments[0], arguments[1])
            : Many is not null ? Many(context, arguments)
            : Zero?.Invoke(context);
        if (result is null) context.BuiltinFailed(Name, at);
        return result;
    }

    private static int CountArguments(string signature)
    {
        var depth = 0;
        var count = 0;
        var any = false;
        for (var i = 1; i < signature.Length; i++)
        {
            switch (signature[i])
            {
                case '(' or '[' or '<':
                    depth++;
                    break;
                case ')' when depth == 0:
                    return any ? count + 1 : 0;
                case ')' or ']':
                    depth--;
                    break;
                case '>' when signature[i - 1] != '-':
                    depth--;
                    break;
                case ',' when depth == 0:
                    count++;
                    break;
            }

            any = true;
        }

        return count;
    }
}
