using System.Numerics;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Takes operands as what a builtin needs, with the field's own messages when they are something else.</summary>
internal static class Operands
{
    public static string KindName(RegoValue value) => value.Kind switch
    {
        RegoKind.Null => "null",
        RegoKind.Boolean => "boolean",
        RegoKind.Number => "number",
        RegoKind.String => "string",
        RegoKind.Array => "array",
        RegoKind.Object => "object",
        _ => "set",
    };

    public static bool Text(EvaluationContext context, RegoValue value, int position, out string text)
    {
        text = (value as RegoString)?.Text!;
        return text is not null || Refuse(context, position, "string", value);
    }

    public static bool Number(EvaluationContext context, RegoValue value, int position, out RegoNumber number)
    {
        number = (value as RegoNumber)!;
        return number is not null || Refuse(context, position, "number", value);
    }

    /// <summary>A number whose text is a plain integer of 32 bits.</summary>
    public static bool Int(EvaluationContext context, RegoValue value, int position, out int number)
    {
        number = 0;
        if (value is not RegoNumber given) return Refuse(context, position, "number", value);
        if (given.TryGetInt32(out number)) return true;
        if (given.HasIntegerText)
        {
            number = given.ToBigInteger() is { Sign: < 0 } ? int.MinValue : int.MaxValue;
            return true;
        }

        context.FailType($"operand {position} must be integer number but got floating-point number");
        return false;
    }

    /// <summary>A number without a fraction, of any size and however it is written.</summary>
    public static bool Integer(EvaluationContext context, RegoValue value, int position, out BigInteger number)
    {
        number = default;
        if (value is not RegoNumber given) return Refuse(context, position, "number", value);
        if (given.ToBigInteger() is { } integer)
        {
            number = integer;
            return true;
        }

        context.FailType($"operand {position} must be integer number but got floating-point number");
        return false;
    }

    // Builtins go through the whole of what they are given as a list: so many elements are a step.
    private const int StepsShift = 3;

    public static bool Array(EvaluationContext context, RegoValue value, int position, out RegoValue[] items)
    {
        items = (value as RegoArray)?.Items!;
        if (items is null) return Refuse(context, position, "array", value);
        context.CountSteps(items.Length >> StepsShift);
        return true;
    }

    public static bool Set(EvaluationContext context, RegoValue value, int position, out RegoSet set)
    {
        set = (value as RegoSet)!;
        if (set is null) return Refuse(context, position, "set", value);
        context.CountSteps(set.Count >> StepsShift);
        return true;
    }

    public static bool Object(EvaluationContext context, RegoValue value, int position, out RegoObject obj)
    {
        obj = (value as RegoObject)!;
        return obj is not null || Refuse(context, position, "object", value);
    }

    /// <summary>The elements of an array or set.</summary>
    public static bool List(EvaluationContext context, RegoValue value, int position, out RegoValue[] items)
    {
        items = value switch
        {
            RegoArray array => array.Items,
            RegoSet set => set.Sorted,
            _ => null!,
        };
        if (items is null) return Refuse(context, position, "one of {set, array}", value);
        context.CountSteps(items.Length >> StepsShift);
        return true;
    }

    public static bool Refuse(EvaluationContext context, int position, string wanted, RegoValue got)
    {
        context.FailOperand(position, wanted, KindName(got));
        return false;
    }

    /// <summary>The strings of an array or set of strings.</summary>
    public static bool Texts(EvaluationContext context, RegoValue value, int position, out string[] texts)
    {
        texts = [];
        var items = value switch
        {
            RegoArray array => array.Items,
            RegoSet set => set.Sorted,
            _ => null,
        };
        if (items is null) return Refuse(context, position, "one of {set, array}", value);
        texts = new string[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] is RegoString text)
            {
                texts[i] = text.Text;
                continue;
            }

            var kind = value is RegoArray ? "array" : "set";
            context.FailType($"operand {position} must be {kind} of strings but got {kind} containing {KindName(items[i])}");
            return false;
        }

        return true;
    }

    public static RegoString Result(string text) => new(text);
}
