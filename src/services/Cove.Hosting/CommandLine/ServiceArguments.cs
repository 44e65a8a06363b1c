using System.Globalization;
using System.Net;

namespace Cove.Hosting.CommandLine;

/// <summary>The arguments of a service: <c>--name value</c> or <c>--name=value</c>, nothing positional. A service has few, so there is no
/// library behind this.</summary>
public sealed class ServiceArguments
{
    private readonly Dictionary<string, List<string>> _values;
    private readonly string _usage;

    private ServiceArguments(Dictionary<string, List<string>> values, string usage) => (_values, _usage) = (values, usage);

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">As given to the process.</param>
    /// <param name="options">The options with a value, e.g. <c>--listen</c>. Whether one is needed or repeatable shows when it is asked for.</param>
    /// <param name="switches">The options without a value.</param>
    /// <param name="usage">One line that shows the command line, for the hint.</param>
    /// <exception cref="UsageException">An argument is unknown or lacks its value.</exception>
    public static ServiceArguments Parse(IReadOnlyList<string> args, IReadOnlyList<string> options, IReadOnlyList<string> switches, string usage)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] && n.StartsWith("--", StringComparison.Ordinal) ? (n, v) : (args[i], null);
            if (switches.Contains(name, StringComparer.Ordinal))
            {
                if (value is not null) throw new UsageException($"{name} takes no value", usage);
                values[name] = [];
                continue;
            }

            if (!options.Contains(name, StringComparer.Ordinal)) throw new UsageException($"unknown argument {args[i]}", usage);
            if (value is null && ++i == args.Count) throw new UsageException($"{name} needs a value", usage);
            if (!values.TryGetValue(name, out var list)) values[name] = list = [];
            list.Add(value ?? args[i]);
        }

        return new(values, usage);
    }

    /// <summary>True when the switch was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Every value of a repeatable option, in order.</summary>
    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var list) ? list : [];

    /// <summary>The value, or null where the option was not given.</summary>
    /// <exception cref="UsageException">It was given more than once.</exception>
    public string? Optional(string name) => All(name) switch
    {
        [] => null,
        [var value] => value,
        _ => throw new UsageException($"{name} is given more than once", _usage),
    };

    /// <summary>The value.</summary>
    /// <exception cref="UsageException">It was not given, or more than once.</exception>
    public string Required(string name) => Optional(name) ?? throw new UsageException($"{name} is missing", _usage);

    /// <summary>The value as an existing file's path.</summary>
    /// <exception cref="UsageException">Missing, or no such file.</exception>
    public string RequiredFile(string name) => CheckFile(name, Required(name));

    /// <summary>The value as an absolute <c>https</c> URL without query, trailing slash dropped.</summary>
    /// <exception cref="UsageException">Missing, or no such URL.</exception>
    public Uri RequiredHttpsUrl(string name) => CheckHttpsUrl(name, Required(name));

    /// <summary>The value as an address and port, e.g. <c>127.0.0.1:7441</c> or <c>[::1]:7441</c>.</summary>
    /// <exception cref="UsageException">Missing, or not an address with a port.</exception>
    public IPEndPoint RequiredEndpoint(string name)
    {
        var text = Required(name);
        var colon = text.LastIndexOf(':');
        if (colon > 0 && IPAddress.TryParse(text.AsSpan(0, colon), out var address)
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return new(address, port);
        throw new UsageException($"{name} is {text}, expected ADDRESS:PORT", _usage);
    }

    /// <summary>The path, if there is such a file.</summary>
    /// <exception cref="UsageException">There is not.</exception>
    public string CheckFile(string name, string path)
        => File.Exists(path) ? path : throw new UsageException($"{name} names {path}, which is not there", _usage);

    /// <summary>The URL, if it is absolute <c>https</c> without query, fragment or user.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public Uri CheckHttpsUrl(string name, string text)
        => Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.Query.Length == 0
            && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : throw new UsageException($"{name} is {text}, expected an absolute https URL", _usage);
}
