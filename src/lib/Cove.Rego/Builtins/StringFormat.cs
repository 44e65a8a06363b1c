using System.Runtime.CompilerServices;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static partial class StringBuiltins
{
    private static RegoValue? Format(EvaluationContext context, RegoValue format, RegoValue arguments)
    {
        if (!Operands.Text(context, format, 1, out var text) || !Operands.Array(context, arguments, 2, out var items)) return null;
        context.CheckWhole(arguments);
        if (TryPlain(text, items) is { } plain) return Operands.Result(plain);
        return Operands.Result(ByteText.Normalize(new GoFormat(text, items, context.Limits.MaxBuiltinElements).Run()));
    }

    /// <summary>The common case: only %d of integers, %s of strings and %v of both, as many as there are arguments.</summary>
    private static string? TryPlain(string format, RegoValue[] arguments)
    {
        if (!ByteText.IsPlain(format)) return null;
        var output = new DefaultInterpolatedStringHandler(0, 0, null, stackalloc char[256]);
        var next = 0;
        for (var at = 0; at < format.Length;)
        {
            var percent = format.IndexOf('%', at);
            if (percent < 0) percent = format.Length;
            output.AppendFormatted(format.AsSpan(at, percent - at));
            at = percent + 2;
            if (percent == format.Length) break;
            if (at > format.Length || next == arguments.Length || !AppendPlain(ref output, format[percent + 1], arguments[next++])) return Cancel(ref output);
        }

        return next == arguments.Length ? output.ToStringAndClear() : Cancel(ref output);
    }

    private static string? Cancel(ref DefaultInterpolatedStringHandler output)
    {
        // Gives the rented buffer back; the text is not wanted.
        _ = output.ToStringAndClear();
        return null;
    }

    private static bool AppendPlain(ref DefaultInterpolatedStringHandler output, char verb, RegoValue argument)
    {
        if (verb is 'd' or 'v' && argument is RegoNumber { IsInt64: true } number) output.AppendFormatted(number.Int64);
        else if (verb is 's' or 'v' && argument is RegoString text && ByteText.IsPlain(text.Text)) output.AppendLiteral(text.Text);
        else if (verb == 'v' && (argument is RegoArray or RegoObject or RegoSet)) output.AppendLiteral(argument.ToString());
        else return false;
        return true;
    }
}
