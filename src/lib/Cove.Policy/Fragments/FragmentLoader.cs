using System.Text.RegularExpressions;
using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Policy.Fragments;

/// <summary>Takes a fragment into a policy: asked before its text is compiled, and again after (spec §2.6).</summary>
internal static partial class FragmentLoader
{
    private const string Point = "load_fragment";

    // The last ones are facts: a package of such a name would stand in front of them.
    private static readonly string[] ReservedNamespaces =
    [
        "framework", "api", "policy", "metadata",
        "defaultMounts", "privilegedMounts", "sandboxPrefix", "hugePagesPrefix", "plan9Prefix", "defaultUnprivilegedCapabilities", "defaultPrivilegedCapabilities",
    ];

    /// <summary>What became of a load: the ruling on the statement and, if it was allowed, one on each set of parameters.</summary>
    internal sealed record Outcome(Ruling Statement, IReadOnlyList<Ruling> Modules)
    {
        /// <summary>Whether the fragment is part of the policy now.</summary>
        internal bool IsLoaded => Statement is Ruling.Allowed && Modules.Count > 0 && Modules.All(ruling => ruling is Ruling.Allowed);
    }

    /// <summary>The namespace that the first line of a fragment declares.</summary>
    /// <exception cref="EnforcementException">There is none, or it is reserved.</exception>
    internal static string NamespaceOf(string text)
    {
        if (text.Length == 0) throw new EnforcementException("Fragment Rego is empty");
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? text : text[..end];
        var match = PackageLine().Match(first);
        if (!match.Success) throw new EnforcementException($"valid package definition required on first line, got \"{first}\"");
        var name = match.Groups["name"].Value;
        return ReservedNamespaces.Contains(name, StringComparer.Ordinal)
            ? throw new EnforcementException($"namespace \"{name}\" is reserved and cannot be used for fragments")
            : name;
    }

    /// <summary>The namespace, for a denial; empty where there is none.</summary>
    internal static string FindNamespace(string text)
    {
        try
        {
            return NamespaceOf(text);
        }
        catch (EnforcementException)
        {
            // The ruling says what is wrong with it.
            return "";
        }
    }

    /// <summary>Loads a fragment. If any part is denied, nothing of it stays.</summary>
    internal static Outcome Load(EnforcementEngine engine, FragmentStatement statement, string text)
    {
        string @namespace;
        try
        {
            @namespace = NamespaceOf(text);
        }
        catch (EnforcementException e)
        {
            return new Outcome(new Ruling.Failed(e.Message), []);
        }

        var first = engine.Ask(Point, statement.Input(@namespace, loaded: false));
        if (first is not Ruling.Allowed allowed) return new Outcome(first, []);
        var sets = allowed.Answer["parameters"] is RegoArray { Count: > 0 } list ? list.AsSpan().ToArray() : [RegoObject.Empty];
        var before = engine.Metadata.State;
        var rulings = new List<Ruling>();
        foreach (var parameters in sets)
        {
            rulings.Add(LoadOne(engine, statement, @namespace, text, parameters, sets.Length > 1));
            if (rulings[^1] is not Ruling.Allowed) break;
        }

        if (!rulings.TrueForAll(ruling => ruling is Ruling.Allowed)) engine.Metadata.State = before;
        return new Outcome(first, rulings);
    }

    private static Ruling LoadOne(EnforcementEngine engine, FragmentStatement statement, string @namespace, string text, RegoValue parameters, bool oneOfSeveral)
    {
        var identity = $"{statement.Issuer}>{statement.Feed}";
        try
        {
            engine.AddModule(identity, @namespace, WithParameters(text, @namespace, parameters));
        }
        catch (EnforcementException e)
        {
            return new Ruling.Failed(e.Message);
        }

        var ruling = engine.Ask(Point, statement.Input(@namespace, loaded: true));
        var keep = ruling is Ruling.Allowed allowed && allowed.Answer["add_module"] is { } add && add == RegoValue.True;
        if (keep && oneOfSeveral)
        {
            ruling = new Ruling.Failed("Fragment cannot include namespace if multiple possible parameter combinations are defined");
            keep = false;
        }

        if (!keep) engine.RemoveModule(identity);
        return ruling;
    }

    // A fragment reads its parameters through this function: what the import gives, else the default that the fragment declares.
    // Looked up by object.get: the compiler knows the literals, and refuses a path that it sees can never be there.
    internal static string WithParameters(string text, string @namespace, RegoValue parameters) => $$"""
        {{text}}

        __fragment_parameters := {{parameters.ToJson()}}

        default __fragment_parameters_metadata := {}

        __fragment_parameters_metadata := data.{{@namespace}}.parameters_api

        parameter(name) := object.get(__fragment_parameters, name, null) if name in object.keys(__fragment_parameters)

        parameter(name) := object.get(__fragment_parameters_metadata, [name, "default"], null) if {
            not name in object.keys(__fragment_parameters)
            "default" in object.keys(object.get(__fragment_parameters_metadata, name, {}))
        }

        """;

    [GeneratedRegex(@"^package +(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PackageLine();
}
