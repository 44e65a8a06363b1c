using System.Globalization;
using System.Text;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Compose;

/// <summary>Reads one service of a Compose file. What would change what runs and cannot be held by a policy is refused by name.</summary>
internal sealed class ServiceReader(ComposeVolumes volumes, ComposeSurroundings surroundings)
{
    // Nothing of these reaches the container, or a group gives it anyway.
    private static readonly string[] WithoutEffect =
    [
        "image", "build", "command", "entrypoint", "environment", "env_file", "volumes", "tmpfs", "configs", "secrets", "user", "working_dir", "privileged",
        "cap_add", "cap_drop", "security_opt", "ports", "expose", "restart", "depends_on", "healthcheck", "profiles", "container_name", "labels", "networks",
        "deploy", "mem_limit", "cpus", "stdin_open", "tty", "init", "hostname", "logging", "pull_policy", "platform", "annotations", "develop", "attach",
        "stop_grace_period", "stop_signal", "read_only", "scale", "mem_reservation", "links",
    ];

    internal ComposeService Read(string name, ArmFields fields)
    {
        foreach (var (member, _) in fields.Source.Members.Where(member => !WithoutEffect.Contains(member.Key, StringComparer.Ordinal) && !member.Key.StartsWith("x-", StringComparison.Ordinal)))
            throw new MalformedException(ComposeFile.Format, fields.At(member), "is not handled: a policy cannot hold it");
        var image = fields.Text("image") is { Length: > 0 } named
            ? named
            : throw new MalformedException(ComposeFile.Format, fields.At("image"), "is missing: build the image first, and name it");
        var container = new GroupContainer
        {
            Name = name,
            Image = image,
            Entrypoint = Words(fields, "entrypoint"),
            Arguments = Words(fields, "command"),
            Environment = Environment(fields),
            VolumeMounts = Mounts(name, fields),
            Resources = Resources(fields),
            SecurityContext = Security(fields),
            ExecProcesses = HealthCheck(fields),
            WorkingDirectory = fields.Text("working_dir"),
        };
        return new ComposeService(container, Restart(fields), DependsOn(fields), ComposePorts.Read(fields));
    }

    private static IReadOnlyList<string>? Words(ArmFields fields, string member) => fields.Source[member] switch
    {
        ArmText text => ShellWords.Split(text.Value, fields.At(member)),
        _ => fields.Texts(member),
    };

    private List<EnvironmentVariable> Environment(ArmFields fields)
    {
        var variables = new SortedDictionary<string, EnvironmentVariable>(StringComparer.Ordinal);
        foreach (var file in Files(fields)) AddFile(file, variables);
        foreach (var (name, value) in Given(fields))
            variables[name] = new EnvironmentVariable(name, value is null ? surroundings.Variable(name) is { } own ? new TemplateText(own) : null : new TemplateText(value));
        return [.. variables.Values];
    }

    private static IEnumerable<string> Files(ArmFields fields) => fields.Source["env_file"] switch
    {
        null or ArmNull => [],
        ArmText one => [one.Value],
        ArmArray list => list.Items.Select((item, i) => item switch
        {
            ArmText text => text.Value,
            ArmObject obj when obj["path"] is ArmText path => path.Value,
            _ => throw new MalformedException(ComposeFile.Format, $"{fields.At("env_file")}[{i}]", "names no file"),
        }),
        _ => throw new MalformedException(ComposeFile.Format, fields.At("env_file"), "names no file"),
    };

    private void AddFile(string path, SortedDictionary<string, EnvironmentVariable> variables)
    {
        foreach (var line in Encoding.UTF8.GetString(surroundings.ReadFile(path)).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var cut = line.IndexOf('=', StringComparison.Ordinal);
            if (cut <= 0) throw new MalformedException(ComposeFile.Format, path, $"has the line '{line}', expected NAME=VALUE");
            var value = line[(cut + 1)..].Trim();
            if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
            variables[line[..cut].Trim()] = new EnvironmentVariable(line[..cut].Trim(), new TemplateText(value));
        }
    }

    private static IEnumerable<(string Name, string? Value)> Given(ArmFields fields)
    {
        if (fields.Source["environment"] is ArmArray)
            return fields.Texts("environment")!.Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var cut ? (pair[..cut], (string?)pair[(cut + 1)..]) : (pair, null));
        return fields.Object("environment") is { } map
            ? map.Source.Members.Select(member => (member.Key, member.Value is ArmBool flag ? flag.Value ? "true" : "false" : map.Text(member.Key)))
            : [];
    }

    private List<VolumeMount> Mounts(string service, ArmFields fields)
    {
        var mounts = new List<VolumeMount>();
        foreach (var (item, i) in (fields.Source["volumes"] as ArmArray)?.Items.Select((item, i) => (item, i)) ?? [])
            mounts.Add(item is ArmText text ? ShortMount(text.Value, $"{fields.At("volumes")}[{i}]") : LongMount(service, Item(fields, "volumes", item, i), i));
        var memory = fields.Source["tmpfs"] is ArmText one ? [one.Value] : fields.Texts("tmpfs") ?? [];
        mounts.AddRange(memory.Select((path, i) => new VolumeMount(volumes.Temporary(service, 100 + i), path.Split(':')[0], ReadOnly: false)));
        AddFiles(service, fields, "configs", "/", mounts);
        AddFiles(service, fields, "secrets", "/run/secrets", mounts);
        foreach (var twice in mounts.CountBy(mount => mount.MountPath, StringComparer.Ordinal).Where(pair => pair.Value > 1))
            throw new MalformedException(ComposeFile.Format, fields.Path, $"mounts two things at {twice.Key}");
        return mounts;
    }

    private static ArmFields Item(ArmFields fields, string list, ArmValue item, int number) => item is ArmObject obj
        ? new ArmFields(obj, $"{fields.At(list)}[{number}]", ComposeFile.Format)
        : throw new MalformedException(ComposeFile.Format, $"{fields.At(list)}[{number}]", $"is a {item.Kind}, expected a string or an object");

    private VolumeMount ShortMount(string text, string path)
    {
        var parts = text.Split(':');
        if (parts is not [var source, ['/', ..] target, ..] || parts.Length > 3)
            throw new MalformedException(ComposeFile.Format, path, $"is '{text}', expected NAME:/PATH or NAME:/PATH:ro");
        if (source.Length == 0 || source[0] is '.' or '/' or '~') throw Host(path);
        return new VolumeMount(volumes.Named(source, path), target, parts.Length == 3 && parts[2].Split(',').Contains("ro", StringComparer.Ordinal));
    }

    private VolumeMount LongMount(string service, ArmFields mount, int number)
    {
        var target = mount.RequiredText("target");
        var readOnly = mount.Flag("read_only", otherwise: false);
        return mount.RequiredText("type") switch
        {
            "volume" when mount.Text("source") is { } source => new VolumeMount(volumes.Named(source, mount.At("source")), target, readOnly),
            "volume" or "tmpfs" => new VolumeMount(volumes.Temporary(service, number), target, readOnly),
            _ => throw Host(mount.Path),
        };
    }

    // A file is mounted with its folder, so it must be alone there.
    private void AddFiles(string service, ArmFields fields, string list, string otherwise, List<VolumeMount> mounts)
    {
        var sources = new List<(string Folder, string File, string List, string Name)>();
        foreach (var (item, i) in (fields.Source[list] as ArmArray)?.Items.Select((item, i) => (item, i)) ?? [])
        {
            var name = item is ArmText text ? text.Value : Item(fields, list, item, i).RequiredText("source");
            var target = item is ArmText ? name : Item(fields, list, item, i).Text("target") ?? name;
            if (!target.StartsWith('/')) target = $"{otherwise.TrimEnd('/')}/{target}";
            var cut = target.LastIndexOf('/');
            if (cut == 0) throw new MalformedException(ComposeFile.Format, $"{fields.At(list)}[{i}]", $"is to appear at {target}: give it a target in a folder of its own");
            sources.Add((target[..cut], target[(cut + 1)..], list, name));
        }

        foreach (var (folder, number) in sources.GroupBy(source => source.Folder, StringComparer.Ordinal).Select((folder, number) => (folder, number)))
            mounts.Add(new VolumeMount(volumes.Files(service, $"{list}{number}", folder.Select(source => (source.File, source.List, source.Name))), folder.Key, ReadOnly: true));
    }

    private static SecurityContext Security(ArmFields fields)
    {
        var escalation = true;
        foreach (var option in fields.Texts("security_opt") ?? [])
        {
            if (option is "no-new-privileges:true" or "no-new-privileges" or "no-new-privileges=true") escalation = false;
            else if (option is not ("no-new-privileges:false" or "seccomp:unconfined" or "seccomp=unconfined" or "apparmor:unconfined" or "label:disable"))
                throw new MalformedException(ComposeFile.Format, fields.At("security_opt"), $"has '{option}', which is not handled");
        }

        var (user, group) = User(fields);
        var add = Capabilities(fields.Texts("cap_add"));
        return new SecurityContext
        {
            Privileged = fields.Flag("privileged", otherwise: false),
            AllowPrivilegeEscalation = escalation,
            RunAsUser = user,
            RunAsGroup = group,
            AddCapabilities = add,
            DropCapabilities = [.. Capabilities(fields.Texts("cap_drop")).Except((fields.Texts("cap_drop") ?? []).Contains("ALL", StringComparer.OrdinalIgnoreCase) ? add : [], StringComparer.Ordinal)],
        };
    }

    private static (long? User, long? Group) User(ArmFields fields)
    {
        if (fields.Text("user") is not { Length: > 0 } text) return (null, null);
        var parts = text.Split(':', 2);
        long[] numbers = [.. parts.Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new MalformedException(ComposeFile.Format, fields.At("user"), $"is '{text}', expected numbers: UID or UID:GID"))];
        return (numbers[0], numbers.Length > 1 ? numbers[1] : null);
    }

    private static IReadOnlyList<string> Capabilities(IReadOnlyList<string>? names) => [.. (names ?? [])
        .SelectMany(name => name.Equals("ALL", StringComparison.OrdinalIgnoreCase) ? CapabilitySets.Privileged.Effective
            : [name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name.ToUpperInvariant() : $"CAP_{name.ToUpperInvariant()}"])
        .Distinct(StringComparer.Ordinal)];

    private static IReadOnlyList<ExecProcess> HealthCheck(ArmFields fields)
    {
        if (fields.Object("healthcheck") is not { } check || check.Flag("disable", otherwise: false)) return [];
        if (check.Source["test"] is ArmText shell) return [new ExecProcess(["/bin/sh", "-c", shell.Value], [])];
        string[]? test = check.Texts("test") is { } words ? [.. words] : null;
        return test switch
        {
            null or ["NONE"] => [],
            ["CMD", _, ..] => [new ExecProcess(test[1..], [])],
            ["CMD-SHELL", var line] => [new ExecProcess(["/bin/sh", "-c", line], [])],
            _ => throw new MalformedException(ComposeFile.Format, check.At("test"), "is none of CMD, CMD-SHELL and NONE"),
        };
    }

    private static ResourceRequests Resources(ArmFields fields)
    {
        var limits = fields.Object("deploy")?.Object("resources")?.Object("limits");
        var memory = limits?.Text("memory") ?? fields.Text("mem_limit");
        return new ResourceRequests(
            limits?.Number("cpus") ?? fields.Number("cpus"),
            memory is null ? null : Bytes(memory, fields.Path) / (1024m * 1024 * 1024));
    }

    private static decimal Bytes(string text, string path)
    {
        var digits = text.TrimEnd('b', 'B').TrimEnd('k', 'K', 'm', 'M', 'g', 'G');
        var factor = text[digits.Length..].TrimEnd('b', 'B').ToUpperInvariant() switch { "" => 1m, "K" => 1024m, "M" => 1024m * 1024, _ => 1024m * 1024 * 1024 };
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : throw new MalformedException(ComposeFile.Format, path, $"limits memory to '{text}', expected an amount such as 64m");
    }

    private static RestartPolicy Restart(ArmFields fields) => fields.Text("restart") switch
    {
        null or "no" => RestartPolicy.Never,
        "always" or "unless-stopped" => RestartPolicy.Always,
        var other when other.StartsWith("on-failure", StringComparison.Ordinal) => RestartPolicy.OnFailure,
        var other => throw new MalformedException(ComposeFile.Format, fields.At("restart"), $"is {other}, expected no, always, on-failure or unless-stopped"),
    };

    private static IReadOnlyList<(string, bool)> DependsOn(ArmFields fields) => fields.Source["depends_on"] switch
    {
        null or ArmNull => [],
        ArmArray => [.. fields.Texts("depends_on")!.Select(name => (name, false))],
        _ => [.. fields.RequiredObject("depends_on") is var map ? map.Source.Members.Select(member =>
            (member.Key, map.RequiredObject(member.Key).Text("condition") == "service_completed_successfully")) : []],
    };

    private static MalformedException Host(string path) =>
        new(ComposeFile.Format, path, "is a folder of the host, which a confidential group cannot rely on: use a named volume, a config or a secret");
}
