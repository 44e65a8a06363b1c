namespace Cove.Policy.Model;

/// <summary>A container as a policy declares it (spec §1.5, Linux).</summary>
public sealed record PolicyContainer
{
    /// <summary>For people; never evaluated.</summary>
    public string? Name { get; init; }

    /// <summary>For people: the image reference. Never evaluated.</summary>
    public string? Id { get; init; }

    /// <summary>The whole command line; null where neither template nor image name one, and then nothing can match.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Which environment variables it may or must get.</summary>
    public IReadOnlyList<EnvRule> EnvRules { get; init; } = [];

    /// <summary>dm-verity root hashes, base layer first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Mounts it may get beyond those that every container gets.</summary>
    public IReadOnlyList<PolicyMount> Mounts { get; init; } = [];

    /// <summary>Commands that may be run in it.</summary>
    public IReadOnlyList<ExecProcess> ExecProcesses { get; init; } = [];

    /// <summary>Signals that its first process may be sent.</summary>
    public IReadOnlyList<int> Signals { get; init; } = [];

    /// <summary>Who may run it.</summary>
    public UserRule User { get; init; } = UserRule.Anyone;

    /// <summary>Its capabilities; null where the default set holds.</summary>
    public CapabilitySets? Capabilities { get; init; }

    /// <summary>SHA-256 of its seccomp profile, hexadecimal; empty for none.</summary>
    public string SeccompProfileSha256 { get; init; } = "";

    /// <summary>Whether it may run privileged.</summary>
    public bool AllowElevated { get; init; }

    /// <summary>Its working directory.</summary>
    public string WorkingDir { get; init; } = "/";

    /// <summary>Whether the host sees its standard input and output.</summary>
    public bool AllowStdioAccess { get; init; } = true;

    /// <summary>Whether it must run without ways to gain privilege.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>What to call it in a message.</summary>
    public string Label => Name ?? Id ?? (Layers.Count > 0 ? Layers[^1][..Math.Min(12, Layers[^1].Length)] : "unnamed");
}

/// <summary>
/// A rule over one environment variable. Either over the whole of <c>NAME=VALUE</c> (<see cref="Pattern"/>, <see cref="Strategy"/>) or over name and
/// value apart.
/// Strategies are <c>string</c> and <c>re2</c>.
/// </summary>
public sealed record EnvRule
{
    /// <summary>Over the whole of <c>NAME=VALUE</c>; null in the other form.</summary>
    public string? Pattern { get; init; }

    /// <summary>How <see cref="Pattern"/> is meant.</summary>
    public string? Strategy { get; init; }

    /// <summary>Over the name; null in the other form.</summary>
    public string? Name { get; init; }

    /// <summary>How <see cref="Name"/> is meant.</summary>
    public string? NameStrategy { get; init; }

    /// <summary>Over the value; null in the other form.</summary>
    public string? Value { get; init; }

    /// <summary>How <see cref="Value"/> is meant.</summary>
    public string? ValueStrategy { get; init; }

    /// <summary>Whether a container without such a variable is refused.</summary>
    public bool Required { get; init; }

    /// <summary>The name that the rule is about, as written: a text or a regular expression.</summary>
    public string NamePart => Name ?? (Pattern!.IndexOf('=', StringComparison.Ordinal) is >= 0 and var cut ? Pattern[..cut] : Pattern);
}

/// <summary>A mount that a container may get.</summary>
/// <param name="Destination">Where in the container.</param>
/// <param name="Source">What: a path, or <c>sandbox://</c>, <c>hugepages://</c>, <c>plan9://</c> and a pattern.</param>
/// <param name="Type">The file system type, e.g. <c>bind</c>.</param>
/// <param name="Options">Its options, in any order.</param>
public sealed record PolicyMount(string Destination, string Source, string Type, IReadOnlyList<string> Options);

/// <summary>A command that may be run in a container.</summary>
/// <param name="Command">The whole command line.</param>
/// <param name="Signals">Signals that it may be sent.</param>
public sealed record ExecProcess(IReadOnlyList<string> Command, IReadOnlyList<int> Signals);

/// <summary>A user or a group that may run a container. Strategies are <c>any</c>, <c>id</c>, <c>name</c> and <c>re2</c>.</summary>
/// <param name="Pattern">The number, name or regular expression; empty for <c>any</c>.</param>
/// <param name="Strategy">How the pattern is meant.</param>
public sealed record IdentityRule(string Pattern, string Strategy)
{
    /// <summary>Anyone.</summary>
    public static IdentityRule Any { get; } = new("", "any");
}

/// <summary>Who may run a container.</summary>
/// <param name="User">The user.</param>
/// <param name="Groups">Every group of the process must fit one of these.</param>
/// <param name="Umask">Four octal digits.</param>
public sealed record UserRule(IdentityRule User, IReadOnlyList<IdentityRule> Groups, string Umask)
{
    /// <summary>Any user, any groups, umask 0022.</summary>
    public static UserRule Anyone { get; } = new(IdentityRule.Any, [IdentityRule.Any], "0022");
}

/// <summary>A process that may run beside the containers.</summary>
public sealed record ExternalProcess(IReadOnlyList<string> Command, IReadOnlyList<EnvRule> EnvRules, string WorkingDir, bool AllowStdioAccess);

/// <summary>A fragment that a policy takes in.</summary>
/// <param name="Issuer">Who signs it, a <c>did:x509</c> identifier.</param>
/// <param name="Feed">Which of the issuer's fragments.</param>
/// <param name="MinimumSvn">The lowest security version that is taken.</param>
/// <param name="Includes">What is taken from it: <c>containers</c>, <c>fragments</c>, <c>external_processes</c>, <c>namespace</c>, …</param>
public sealed record FragmentImport(string Issuer, string Feed, string MinimumSvn, IReadOnlyList<string> Includes)
{
    /// <summary>What ACI's own sidecars are described by.</summary>
    public static FragmentImport AciInfrastructure { get; } = new(
        "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.3",
        "mcr.microsoft.com/aci/aci-cc-infra-fragment",
        "4",
        ["containers", "fragments"]);
}
