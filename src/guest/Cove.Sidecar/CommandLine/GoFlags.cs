namespace Cove.Sidecar.CommandLine;

/// <summary>
/// Flags in the manner of Go's <c>flag</c> package, which the reference image's users write: <c>-x v</c>, <c>--x v</c> and <c>-x=v</c>
/// are the same, a switch takes a value only with <c>=</c>, and the first other argument ends the flags.
/// </summary>
internal sealed class GoFlags
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    private GoFlags()
    {
    }

    /// <summary>What follows the flags.</summary>
    public IReadOnlyList<string> Rest { get; private set; } = [];

    /// <summary>Whether <c>-h</c> or <c>--help</c> is among them.</summary>
    public bool AsksForHelp { get; private set; }

    /// <exception cref="UsageException">A flag that is not known or lacks its value.</exception>
    public static GoFlags Parse(IReadOnlyList<string> arguments, IReadOnlySet<string> valued, IReadOnlySet<string> switches)
    {
        var flags = new GoFlags();
        var at = 0;
        for (; at < arguments.Count; at++)
        {
            var argument = arguments[at];
            if (argument.Length < 2 || argument[0] != '-') break;
            if (argument == "--")
            {
                at++;
                break;
            }

            var text = argument.AsSpan(argument[1] == '-' ? 2 : 1);
            var equals = text.IndexOf('=');
            var name = (equals < 0 ? text : text[..equals]).ToString();
            if (name.Length == 0 || name[0] == '-') throw new UsageException($"bad flag syntax: {argument}");
            var value = equals < 0 ? null : text[(equals + 1)..].ToString();
            if (name is "h" or "help") flags.AsksForHelp = true;
            else if (switches.Contains(name)) flags.values[name] = value ?? "true";
            else if (!valued.Contains(name)) throw new UsageException($"flag provided but not defined: -{name}");
            else if (value is not null) flags.values[name] = value;
            else if (++at < arguments.Count) flags.values[name] = arguments[at];
            else throw new UsageException($"flag needs an argument: -{name}");
        }

        flags.Rest = [.. arguments.Skip(at)];
        return flags;
    }

    /// <summary>The flag's value, or null where it was not given.</summary>
    public string? Value(string name) => values.GetValueOrDefault(name);

    /// <exception cref="UsageException">The switch's value is no truth value.</exception>
    public bool IsOn(string name) => Value(name) switch
    {
        null or "0" or "f" or "F" or "false" or "False" or "FALSE" => false,
        "1" or "t" or "T" or "true" or "True" or "TRUE" => true,
        var other => throw new UsageException($"invalid boolean value \"{other}\" for -{name}: parse error"),
    };
}
