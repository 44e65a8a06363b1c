using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>Writes a policy in the published text form (spec §6.4). Every byte counts: the text is what the hardware report's hash is of.</summary>
internal static class PolicyWriter
{
    private static readonly string[] Points =
    [
        "mount_device", "unmount_device", "mount_overlay", "unmount_overlay", "create_container", "exec_in_container", "exec_external",
        "shutdown_container", "signal_container_process", "plan9_mount", "plan9_unmount", "get_properties", "dump_stacks", "runtime_logging",
        "load_fragment", "scratch_mount", "scratch_unmount",
    ];

    internal static string Write(PolicyDocument policy, GeneratorOptions options)
    {
        var flags = policy.Flags;
        var newest = options.Form == PolicyForm.Api0_12;
        string[] points =
        [
            .. Points,
            .. options.Form >= PolicyForm.Api0_11 ? (string[])["rw_mount_device"] : [],
            .. newest ? (string[])["host_network", "load_transparency_trust_list"] : [],
        ];
        List<string> lines =
        [
            "package policy", "",
            "import future.keywords.every", "import future.keywords.in", "",
            $"api_version := {CompactJson.Write(policy.ApiVersion, indented: false)}",
            $"framework_version := {CompactJson.Write(policy.FrameworkVersion, indented: false)}", "",
            $"fragments := {Imports(policy.Fragments, indented: true)}", "",
            $"containers := {Containers(policy.Containers, options.Indented)}", "",
            Flag("allow_properties_access", flags.AllowPropertiesAccess),
            Flag("allow_dump_stacks", flags.AllowDumpStacks),
            Flag("allow_runtime_logging", flags.AllowRuntimeLogging),
            Flag("allow_environment_variable_dropping", flags.AllowEnvironmentVariableDropping),
            Flag("allow_unencrypted_scratch", flags.AllowUnencryptedScratch),
            Flag("allow_capability_dropping", flags.AllowCapabilityDropping),
            .. newest ? (string[])[Flag("allow_host_network", flags.AllowHostNetwork)] : [], "",
            .. points.Select(point => $"{point} := data.framework.{point}"), "",
            "reason := {\"errors\": data.framework.errors}",
        ];
        return string.Join('\n', lines);
    }

    /// <summary>The JSON of containers as it stands in a policy.</summary>
    internal static string Containers(IEnumerable<PolicyContainer> containers, bool indented) =>
        CompactJson.Write(containers.Select(object? (container) => Fields(container)).ToList(), indented);

    /// <summary>The JSON of imports as it stands in a policy.</summary>
    internal static string Imports(IEnumerable<FragmentImport> imports, bool indented) =>
        CompactJson.Write(imports.Select(Import).ToList(), indented);

    private static string Flag(string name, bool value) => $"{name} := {(value ? "true" : "false")}";

    private static object? Import(FragmentImport import) => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["feed"] = import.Feed,
        ["includes"] = import.Includes.ToList<object?>(),
        ["issuer"] = import.Issuer,
        ["minimum_svn"] = import.MinimumSvn,
    };

    internal static Dictionary<string, object?> Fields(PolicyContainer container)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["allow_elevated"] = container.AllowElevated,
            ["allow_stdio_access"] = container.AllowStdioAccess,
            ["capabilities"] = container.Capabilities?.Named.ToDictionary(set => set.Name, object? (set) => set.Members, StringComparer.Ordinal),
            ["command"] = container.Command,
            ["env_rules"] = container.EnvRules.Select(Rule).ToList(),
            ["exec_processes"] = container.ExecProcesses.Select(Process).ToList(),
            ["layers"] = container.Layers,
            ["mounts"] = container.Mounts.Select(Mount).ToList(),
            ["no_new_privileges"] = container.NoNewPrivileges,
            ["seccomp_profile_sha256"] = container.SeccompProfileSha256,
            ["signals"] = container.Signals.Select(object? (signal) => signal).ToList(),
            ["user"] = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["group_idnames"] = container.User.Groups.Select(Identity).ToList(),
                ["umask"] = container.User.Umask,
                ["user_idname"] = Identity(container.User.User),
            },
            ["working_dir"] = container.WorkingDir,
        };
        if (container.Id is not null) fields["id"] = container.Id;
        if (container.Name is not null) fields["name"] = container.Name;
        return fields;
    }

    private static object? Rule(EnvRule rule)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal) { ["required"] = rule.Required };
        if (rule.Pattern is not null)
        {
            fields["pattern"] = rule.Pattern;
            fields["strategy"] = rule.Strategy;
            return fields;
        }

        fields["name"] = rule.Name;
        fields["name_strategy"] = rule.NameStrategy;
        fields["value"] = rule.Value;
        fields["value_strategy"] = rule.ValueStrategy;
        return fields;
    }

    private static object? Process(ExecProcess process) => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["command"] = process.Command,
        ["signals"] = process.Signals.Select(object? (signal) => signal).ToList(),
    };

    private static object? Mount(PolicyMount mount) => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["destination"] = mount.Destination,
        ["options"] = mount.Options,
        ["source"] = mount.Source,
        ["type"] = mount.Type,
    };

    private static object? Identity(IdentityRule rule) => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["pattern"] = rule.Pattern,
        ["strategy"] = rule.Strategy,
    };
}
