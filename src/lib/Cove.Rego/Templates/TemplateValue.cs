using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Templates;

/// <summary>
/// A value while a template runs. Data are what JSON gives in the field: numbers are texts of a type of their own, sets are lists. Constants are
/// integers and floats. Nothing at all (a missing key, null) is the default.
/// </summary>
internal readonly record struct TemplateValue(TemplateKind Kind, object? Value)
{
    public static readonly TemplateValue None;

    public string Text => (string)Value!;

    public long Int => (long)Value!;

    public double Float => (double)Value!;

    public bool Bool => (bool)Value!;

    public RegoValue[] List => (RegoValue[])Value!;

    public RegoObject Map => (RegoObject)Value!;

    public static TemplateValue Of(bool value) => new(TemplateKind.Bool, value);

    public static TemplateValue Of(long value) => new(TemplateKind.Int, value);

    public static TemplateValue Of(double value) => new(TemplateKind.Float, value);

    public static TemplateValue Of(string value) => new(TemplateKind.String, value);

    public static TemplateValue Of(RegoValue? value) => value switch
    {
        RegoBoolean boolean => Of(boolean.Value),
        RegoNumber number => new(TemplateKind.Number, number.Text),
        RegoString text => Of(text.Text),
        RegoArray array => new(TemplateKind.List, array.Items),
        RegoSet set => new(TemplateKind.List, set.Sorted),
        RegoObject obj => new(TemplateKind.Map, obj),
        _ => None,
    };

    public bool IsTrue => Kind switch
    {
        TemplateKind.None => false,
        TemplateKind.Bool => Bool,
        TemplateKind.Int => Int != 0,
        TemplateKind.Float => Float != 0,
        TemplateKind.List => List.Length > 0,
        TemplateKind.Map => Map.Count > 0,
        _ => Text.Length > 0,
    };

    /// <summary>The field's name of its type.</summary>
    public string TypeName => Kind switch
    {
        TemplateKind.Bool => "bool",
        TemplateKind.Int => "int",
        TemplateKind.Float => "float64",
        TemplateKind.String => "string",
        TemplateKind.Number => "json.Number",
        TemplateKind.List => "[]interface {}",
        TemplateKind.Map => "map[string]interface {}",
        _ => "<nil>",
    };

    public bool IsText => Kind is TemplateKind.String or TemplateKind.Number;

    /// <summary>As it is printed.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        switch (Kind)
        {
            case TemplateKind.None:
                return "<no value>";
            case TemplateKind.Bool:
                return Bool ? "true" : "false";
            case TemplateKind.Int:
                return Int.ToString(CultureInfo.InvariantCulture);
            case TemplateKind.Float:
                return Builtins.GoFloat.Format(Float, 'g', -1, sharp: false, 21);
            case TemplateKind.List:
                Write(output, new RegoArray(List));
                break;
            case TemplateKind.Map:
                Write(output, Map);
                break;
            default:
                return Text;
        }

        return output.ToString();
    }

    /// <summary>For the formatting functions.</summary>
    public RegoValue ToRego() => Kind switch
    {
        TemplateKind.Bool => RegoValue.Of(Bool),
        TemplateKind.Int => RegoValue.Of(Int),
        TemplateKind.Float => RegoNumber.FromText(Float.ToString("F17", CultureInfo.InvariantCulture)) ?? RegoValue.Null,
        _ => new RegoString(ToString()),
    };

    private static void Write(StringBuilder output, RegoValue value)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (Of(value))
        {
            case { Kind: TemplateKind.None }:
                output.Append("<nil>");
                break;
            case { Kind: TemplateKind.List } list:
                output.Append('[');
                for (var i = 0; i < list.List.Length; i++)
                {
                    if (i > 0) output.Append(' ');
                    Write(output, list.List[i]);
                }

                output.Append(']');
                break;
            case { Kind: TemplateKind.Map } map:
                output.Append("map[");
                for (var i = 0; i < map.Map.Count; i++)
                {
                    if (i > 0) output.Append(' ');
                    output.Append(Key(map.Map.KeyAt(i))).Append(':');
                    Write(output, map.Map.ValueAt(i));
                }

                output.Append(']');
                break;
            case var plain:
                output.Append(plain.ToString());
                break;
        }
    }

    /// <summary>A key as text: what is no text is its JSON.</summary>
    public static string Key(RegoValue key) => key is RegoString text ? text.Text : key.ToJson();
}

internal enum TemplateKind
{
    None,
    Bool,
    Int,
    Float,
    String,

    /// <summary>A number of the data.</summary>
    Number,
    List,
    Map,
}
