using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>
/// Reads what a policy declares from its evaluated values. Lenient, because it only serves people: what is not of the expected shape reads as absent.
/// Nothing here decides.
/// </summary>
internal static class PolicyReader
{
    internal static IReadOnlyList<PolicyContainer> Containers(RegoValue? list) => [.. Objects(list).Select(Container)];

    internal static PolicyContainer Container(RegoObject from) => new()
    {
        Name = Text(from["name"]),
        Id = Text(from["id"]),
        Command = from["command"] is RegoArray command ? Texts(command) : null,
        EnvRules = [.. Objects(from["env_rules"]).Select(Rule)],
        Layers = Texts(from["layers"]),
        Mounts = [.. Objects(from["mounts"]).Select(Mount)],
        ExecProcesses = [.. Objects(from["exec_processes"]).Select(process => new ExecProcess(Texts(process["command"]), Numbers(process["signals"])))],
        Signals = Numbers(from["signals"]),
        User = from["user"] is RegoObject user ? User(user) : UserRule.Anyone,
        Capabilities = from["capabilities"] is RegoObject sets ? Capabilities(sets) : null,
        SeccompProfileSha256 = Text(from["seccomp_profile_sha256"]) ?? "",
        AllowElevated = Flag(from["allow_elevated"]),
        WorkingDir = Text(from["working_dir"]) ?? "",
        AllowStdioAccess = Flag(from["allow_stdio_access"]),
        NoNewPrivileges = Flag(from["no_new_privileges"]),
    };

    internal static IReadOnlyList<ExternalProcess> ExternalProcesses(RegoValue? list) =>
    [
        .. Objects(list).Select(from => new ExternalProcess(
            Texts(from["command"]), [.. Objects(from["env_rules"]).Select(Rule)], Text(from["working_dir"]) ?? "", Flag(from["allow_stdio_access"]))),
    ];

    internal static IReadOnlyList<FragmentImport> Fragments(RegoValue? list) =>
    [
        .. Objects(list).Select(from => new FragmentImport(
            Text(from["issuer"]) ?? "", Text(from["feed"]) ?? "", Text(from["minimum_svn"]) ?? (from["minimum_svn"] as RegoNumber)?.Text ?? "", Texts(from["includes"]))),
    ];

    internal static PolicyMount Mount(RegoObject from) =>
        new(Text(from["destination"]) ?? "", Text(from["source"]) ?? "", Text(from["type"]) ?? "", Texts(from["options"]));

    internal static IReadOnlyList<string> Texts(RegoValue? list) =>
        list is RegoArray array ? [.. array.AsSpan().ToArray().OfType<RegoString>().Select(text => text.Value)] : [];

    internal static IReadOnlyList<int> Numbers(RegoValue? list) =>
        list is RegoArray array ? [.. array.AsSpan().ToArray().OfType<RegoNumber>().Select(number => int.TryParse(number.Text, out var value) ? value : -1)] : [];

    internal static string? Text(RegoValue? value) => (value as RegoString)?.Value;

    internal static bool Flag(RegoValue? value) => value is not null && value == RegoValue.True;

    internal static IEnumerable<RegoObject> Objects(RegoValue? list) => list is RegoArray array ? array.AsSpan().ToArray().OfType<RegoObject>() : [];

    internal static CapabilitySets Capabilities(RegoObject sets) =>
        new(Texts(sets["ambient"]), Texts(sets["bounding"]), Texts(sets["effective"]), Texts(sets["inheritable"]), Texts(sets["permitted"]));

    private static EnvRule Rule(RegoObject from) => new()
    {
        // A rule of neither form reads as the empty pattern, which matches nothing.
        Pattern = Text(from["pattern"]) ?? (from["name"] is null ? "" : null),
        Strategy = Text(from["strategy"]),
        Name = Text(from["name"]),
        NameStrategy = Text(from["name_strategy"]),
        Value = Text(from["value"]),
        ValueStrategy = Text(from["value_strategy"]),
        Required = Flag(from["required"]),
    };

    private static UserRule User(RegoObject from) => new(
        from["user_idname"] is RegoObject user ? Identity(user) : IdentityRule.Any,
        [.. Objects(from["group_idnames"]).Select(Identity)],
        Text(from["umask"]) ?? "");

    private static IdentityRule Identity(RegoObject from) => new(Text(from["pattern"]) ?? "", Text(from["strategy"]) ?? "");
}
