using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Templates;

/// <summary>An evaluated object of a template and where it stands; each accessor says what is wrong and where.</summary>
internal readonly struct ArmFields(ArmObject source, string path, string format = ArmScope.Format)
{
    internal string Format { get; } = format;

    internal string Path { get; } = path;

    internal ArmObject Source { get; } = source;

    internal string At(string name) => $"{Path}.{name}";

    internal bool Has(string name) => Source[name] is not (null or ArmNull);

    internal ArmFields? Object(string name) => Value(name) switch
    {
        null => null,
        ArmObject obj => new ArmFields(obj, At(name), Format),
        var other => throw Wrong(name, other, "an object"),
    };

    internal ArmFields RequiredObject(string name) => Object(name) ?? throw Missing(name);

    internal IReadOnlyList<ArmFields> Objects(string name)
    {
        var fields = new List<ArmFields>();
        var path = At(name);
        foreach (var item in Items(name) ?? [])
        {
            fields.Add(item is ArmObject obj
                ? new ArmFields(obj, $"{path}[{fields.Count}]", Format)
                : throw new MalformedException(Format, $"{path}[{fields.Count}]", $"is a {item.Kind}, expected an object"));
        }

        return fields;
    }

    internal IReadOnlyList<string>? Texts(string name)
    {
        var (path, form) = (At(name), Format);
        return Items(name)?.Select((item, i) => item switch
        {
            ArmText text => text.Value,
            ArmNumber number => number.ToString(),
            ArmUnknown unknown => throw new MalformedException(form, $"{path}[{i}]", unknown.Why),
            _ => throw new MalformedException(form, $"{path}[{i}]", $"is a {item.Kind}, expected a string"),
        }).ToList();
    }

    internal string? Text(string name) => Value(name) switch
    {
        null => null,
        ArmText text => text.Value,
        ArmNumber number => number.ToString(),
        var other => throw Wrong(name, other, "a string"),
    };

    internal string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    internal TemplateText? SecretAware(string name) => Value(name) switch
    {
        null => null,
        ArmText text => new TemplateText(text.Value, text.IsSecret),
        ArmNumber number => new TemplateText(number.ToString()),
        ArmBool flag => new TemplateText(flag.Value ? "True" : "False"),
        var other => throw Wrong(name, other, "a string"),
    };

    internal bool Flag(string name, bool otherwise) => Value(name) switch
    {
        null => otherwise,
        ArmBool flag => flag.Value,
        ArmText text when bool.TryParse(text.Value, out var flag) => flag,
        var other => throw Wrong(name, other, "true or false"),
    };

    internal decimal? Number(string name) => Value(name) switch
    {
        null => null,
        ArmNumber number => number.Value,
        ArmText text when decimal.TryParse(text.Value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
        var other => throw Wrong(name, other, "a number"),
    };

    internal int? Integer(string name, int least, int most) => Number(name) switch
    {
        null => null,
        { } number when decimal.IsInteger(number) && number >= least && number <= most => (int)number,
        { } number => throw new MalformedException(Format, At(name), $"is {number}, expected a whole number from {least} to {most}"),
    };

    internal MalformedException Missing(string name) => new(Format, At(name), "is missing or empty");

    private IReadOnlyList<ArmValue>? Items(string name) => Value(name) switch
    {
        null => null,
        ArmArray array => array.Items,
        var other => throw Wrong(name, other, "an array"),
    };

    private ArmValue? Value(string name) => Source[name] switch
    {
        ArmNull => null,
        ArmUnknown unknown => throw new MalformedException(Format, At(name), unknown.Why),
        var value => value,
    };

    private MalformedException Wrong(string name, ArmValue value, string expected) =>
        new(Format, At(name), $"is a {value.Kind}, expected {expected}");
}
