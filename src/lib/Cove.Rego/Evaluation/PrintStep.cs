using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>What is printed: a term that has one value at most, or the set of all its values.</summary>
internal sealed record PrintArgument(Node Node, bool IsSet);

/// <summary>Prints a line; where arguments have several values, one for every combination.</summary>
internal sealed class PrintStep(PrintArgument[] arguments) : Step
{
    public override Status Run(Frame frame)
    {
        if (frame.Context.Options.OnPrint is not { } print) return Status.Next;
        var values = new RegoValue?[arguments.Length];
        RegoValue[]?[]? several = null;
        for (var i = 0; i < values.Length; i++)
        {
            if (arguments[i].Node.Eval(frame) is not { } value) continue;
            frame.Context.CheckWhole(value);
            if (!arguments[i].IsSet) values[i] = value;
            else if (value is RegoSet { Count: > 1 } set) (several ??= new RegoValue[values.Length][])[i] = set.Sorted;
            else if (value is RegoSet { Count: 1 } one) values[i] = one.Unordered[0];
        }

        if (several is null)
        {
            print(Line(values));
            return Status.Next;
        }

        var lines = 1L;
        foreach (var choices in several) lines = Math.Min(lines * (choices?.Length ?? 1), int.MaxValue);
        frame.Context.CheckSize(lines);
        Combine(print, values, several, 0);
        return Status.Next;
    }

    private static void Combine(Action<string> print, RegoValue?[] values, RegoValue[]?[] several, int at)
    {
        if (at == values.Length)
        {
            print(Line(values));
            return;
        }

        foreach (var value in several[at] ?? [values[at]!])
        {
            values[at] = value;
            Combine(print, values, several, at + 1);
        }
    }

    private static string Line(RegoValue?[] values)
    {
        if (values is [RegoString only]) return only.Value;
        var line = new StringBuilder();
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0) line.Append(' ');
            if (values[i] is RegoString text) line.Append(text.Value);
            else if (values[i] is { } value) ValueWriter.Rego(line, value);
            else line.Append("<undefined>");
        }

        return line.ToString();
    }
}
