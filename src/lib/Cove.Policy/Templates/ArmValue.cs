using System.Globalization;

namespace Cove.Policy.Templates;

/// <summary>A value of a template, before or after its expressions were evaluated.</summary>
internal abstract class ArmValue
{
    /// <summary>What it is, in the template language's own word.</summary>
    internal abstract string Kind { get; }

    /// <summary>Whether any part of it came from a secure parameter.</summary>
    internal virtual bool IsSecret => false;

    /// <summary>The same value, marked as having come from a secure parameter.</summary>
    internal virtual ArmValue AsSecret() => this;
}

/// <summary>The null of JSON.</summary>
internal sealed class ArmNull : ArmValue
{
    internal static readonly ArmNull Instance = new();

    internal override string Kind => "null";
}

/// <summary>A boolean.</summary>
internal sealed class ArmBool(bool value) : ArmValue
{
    internal bool Value { get; } = value;

    internal override string Kind => "bool";
}

/// <summary>A number. Template functions work on integers; others (e.g. half a core) only pass through.</summary>
internal sealed class ArmNumber(decimal value) : ArmValue
{
    internal decimal Value { get; } = value;

    internal override string Kind => decimal.IsInteger(Value) ? "int" : "number";

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A string.</summary>
internal sealed class ArmText(string value, bool isSecret = false) : ArmValue
{
    internal string Value { get; } = value;

    internal override bool IsSecret { get; } = isSecret;

    internal override string Kind => "string";

    internal override ArmValue AsSecret() => IsSecret ? this : new ArmText(Value, isSecret: true);
}

/// <summary>An array.</summary>
internal sealed class ArmArray(IReadOnlyList<ArmValue> items) : ArmValue
{
    internal IReadOnlyList<ArmValue> Items { get; } = items;

    internal override string Kind => "array";

    internal override bool IsSecret => Items.Any(item => item.IsSecret);

    internal override ArmValue AsSecret() => new ArmArray([.. Items.Select(item => item.AsSecret())]);
}

/// <summary>An object: members in the order written, found by name without regard to case, as templates are read.</summary>
internal sealed class ArmObject : ArmValue
{
    private readonly Dictionary<string, ArmValue> byName = new(StringComparer.OrdinalIgnoreCase);

    internal ArmObject(IReadOnlyList<KeyValuePair<string, ArmValue>> members)
    {
        Members = members;
        foreach (var (name, value) in members) byName.TryAdd(name, value);
    }

    internal IReadOnlyList<KeyValuePair<string, ArmValue>> Members { get; }

    internal override string Kind => "object";

    internal override bool IsSecret => Members.Any(member => member.Value.IsSecret);

    internal ArmValue? this[string name] => byName.GetValueOrDefault(name);

    internal override ArmValue AsSecret() => new ArmObject([.. Members.Select(member => KeyValuePair.Create(member.Key, member.Value.AsSecret()))]);
}

/// <summary>A value that is only known once something is deployed, or that nobody gave. Where it is needed, its reason is the error.</summary>
internal sealed class ArmUnknown(string why, string? parameter = null) : ArmValue
{
    internal string Why { get; } = why;

    /// <summary>The parameter without a value, if that is the reason.</summary>
    internal string? Parameter { get; } = parameter;

    internal override string Kind => "unknown";
}
