using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Bench.Rego;

/// <summary>
/// A set of rules in the manner of those that guests of Kata Containers enforce, written for this measurement: a decision a request kind, one function after
/// another over the whole OCI description, alternatives tried container by container, regular expressions from the policy's data, prints everywhere.
/// </summary>
internal static class AgentRules
{
    private const int Containers = 6;
    private const int Mounts = 14;
    private const int Variables = 30;
    private const int Annotations = 32;

    private static readonly string[] Denied =
    [
        "AddSwap", "CopyFile", "CreateSandbox", "DestroySandbox", "GetMetrics", "GetOOMEvent", "GuestDetails", "ListInterfaces", "ListRoutes", "MemHotplugByProbe", "OnlineCPUMem",
        "PauseContainer", "ReadStream", "RemoveContainer", "RemoveStaleVirtiofsShareMounts", "ReseedRandomDev", "ResumeContainer", "SetGuestDateTime", "SetPolicy", "SignalProcess",
        "StartContainer", "StartTracing", "StatsContainer", "StopTracing", "TtyWinResize", "UpdateContainer", "UpdateEphemeralMounts", "UpdateInterface", "UpdateRoutes", "WaitProcess", "WriteStream",
    ];

    private static readonly string[] Fields =
    [
        "Hostname", "Domainname", "Version", "OOMScoreAdj", "SelinuxLabel", "ApparmorProfile", "NoNewPrivileges", "Terminal", "ConsoleSize", "CommandLine", "Solaris", "Windows", "CgroupsPath",
        "IntelRdt", "MountLabel", "RootfsPropagation", "Personality", "TimeOffsets",
    ];

    /// <summary>The rules with their data.</summary>
    public static string Text { get; } = Rules() + "policy_data := " + Data() + "\n";

    /// <summary>A request to create the last of the policy's containers.</summary>
    public static RegoObject Create { get; } = Request(Containers - 1);

    /// <summary>The same, but for one variable that nobody expects.</summary>
    public static RegoObject CreateDenied { get; } = Request(Containers - 1, "UNEXPECTED=1");

    public static RegoObject Copy { get; } = (RegoObject)RegoValue.FromJson("""{"path": "/run/agent/shared/containers/abc123-0f0f-resolv.conf", "file_mode": 33188, "data": ""}""");

    public static RegoObject Exec { get; } = (RegoObject)RegoValue.FromJson("""{"container_id": "c1", "process": {"Args": ["/bin/probe", "--port", "8083"], "Env": [], "Cwd": "/"}}""");

    private static string Rules()
    {
        var text = new StringBuilder(Head);
        foreach (var kind in Denied) text.Append(CultureInfo.InvariantCulture, $"default {kind}Request := false\n\n");
        text.Append(Requests);
        foreach (var field in Fields) text.Append(OneField.Replace("FIELD", field, StringComparison.Ordinal));
        text.Append("allow_fields(p, i) if {\n\tprint(\"allow_fields: start\")\n");
        foreach (var field in Fields) text.Append(CultureInfo.InvariantCulture, $"\tallow_{field}(p, i)\n");
        text.Append("\tprint(\"allow_fields: true\")\n}\n\n");
        for (var i = 0; i < Annotations; i++) text.Append(OneAnnotation.Replace("NUMBER", $"{i}", StringComparison.Ordinal));
        text.Append("allow_annotations(p, i) if {\n\tprint(\"allow_annotations: start\")\n\tevery key, _ in i.Annotations { p.Annotations[key] }\n");
        for (var i = 0; i < Annotations; i++) text.Append(CultureInfo.InvariantCulture, $"\tallow_annotation_{i}(p.Annotations, i.Annotations)\n");
        text.Append("\tprint(\"allow_annotations: true\")\n}\n\n");
        foreach (var kind in (string[])["bind", "tmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup", "overlay", "shm", "local", "ephemeral", "hugetlbfs"]) text.Append(OneMount.Replace("KIND", kind, StringComparison.Ordinal));
        foreach (var driver in (string[])["blk", "mmioblk", "scsi", "nvdimm", "9p", "virtio-fs", "overlayfs", "image_guest_pull", "local", "ephemeral"]) text.Append(OneStorage.Replace("DRIVER", driver, StringComparison.Ordinal));
        foreach (var kind in (string[])["Bounding", "Effective", "Inheritable", "Permitted", "Ambient"]) text.Append(OneCapability.Replace("KIND", kind, StringComparison.Ordinal));
        return text.Append(Tail).ToString();
    }

    private static string Data()
    {
        var containers = string.Join(",\n", Enumerable.Range(0, Containers).Select(i => $$"""{"OCI": {{Oci(i, pattern: true)}}, "storages": {{Storages(i, pattern: true)}}, "exec_commands": [["/bin/probe", "--port", "808{{i}}"]]}"""));
        return "{\"containers\": [\n" + containers + """
            ],
            "common": {"cpath": "/run/agent/shared/containers", "sfprefix": "^$(cpath)/$(bundle-id)-[a-z0-9]{4}-", "capabilities": ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SETGID", "CAP_NET_RAW"], "spath": "/run/agent/sandbox/storage"},
            "request_defaults": {"CopyFileRequest": ["^/run/agent/shared/containers/[a-z0-9]+-[a-z0-9]{4}-[a-z.]+$", "^/run/agent/shared/containers/watchable/"], "ExecProcessRequest": {"regex": ["^/bin/ls( -[al]+)*$"]}, "ReadStreamRequest": false, "WriteStreamRequest": false}
            }
            """;
    }

    private static RegoObject Request(int container, string? extra = null) => (RegoObject)RegoValue.FromJson(
        $$"""{"container_id": "abc123", "OCI": {{Oci(container, pattern: false, extra)}}, "storages": {{Storages(container, pattern: false)}}, "sandbox_pidns": false}""");

    private static string Oci(int container, bool pattern, string? extra = null)
    {
        var fields = string.Join(", ", Fields.Select(field => $"\"{field}\": \"{field}-{container}\""));
        var annotations = string.Join(", ", Enumerable.Range(0, Annotations).Select(i => $"\"io.example.a{i}\": \"{(pattern ? $"^value-{i}-[0-9]+$" : $"value-{i}-{container}")}\""));
        var mounts = string.Join(",\n", Enumerable.Range(0, Mounts).Select(i =>
            $$"""{"destination": "/mnt/{{i}}", "source": "{{(pattern ? $"$(sfprefix)volume{i}$" : $"/run/agent/shared/containers/abc123-0f0f-volume{i}")}}", "type_": "{{(i % 2 == 0 ? "bind" : "tmpfs")}}", "options": ["rbind", "rprivate", "rw"]}"""));
        List<string> variables = [.. Enumerable.Range(0, Variables).Select(i => $"\"NAME_{i}={(pattern && i % 5 == 0 ? "[a-z0-9-]+" : $"value-{container}-{i}")}\"")];
        if (extra is not null) variables.Add($"\"{extra}\"");
        var shown = pattern ? "\"$(default_caps)\"" : "\"CAP_CHOWN\", \"CAP_KILL\", \"CAP_SETUID\", \"CAP_SETGID\", \"CAP_NET_RAW\"";
        var capabilities = string.Join(", ", ((string[])["Bounding", "Effective", "Inheritable", "Permitted", "Ambient"]).Select(kind => $"\"{kind}\": [{shown}]"));
        return $$"""
            {"Fields": { {{fields}} }, "Hooks": null, "Annotations": { {{annotations}} }, "Mounts": [{{mounts}}],
            "Root": {"Path": "{{(pattern ? "$(cpath)/$(bundle-id)" : "/run/agent/shared/containers/abc123")}}", "Readonly": false},
            "Process": {"Args": ["/bin/serve", "--port", "80{{container}}"], "Env": [{{string.Join(", ", variables)}}], "Cwd": "/app", "User": {"UID": 1000, "GID": 1000, "AdditionalGids": []}, "Capabilities": { {{capabilities}} } },
            "Linux": {"Namespaces": [{"Type": "ipc", "Path": ""}, {"Type": "uts", "Path": ""}, {"Type": "mount", "Path": ""}], "MaskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys"], "ReadonlyPaths": ["/proc/bus", "/proc/fs"], "Sysctl": {"net.ipv4.ip_forward": "1"}, "Devices": []} }
            """;
    }

    private static string Storages(int container, bool pattern) => "[" + string.Join(",\n", Enumerable.Range(0, 8).Select(i => string.Create(CultureInfo.InvariantCulture,
        $$"""{"driver": "{{(i % 2 == 0 ? "blk" : "overlayfs")}}", "driver_options": [], "fstype": "tar", "mount_point": "{{(pattern ? $"^/run/agent/sandbox/storage/[0-9a-f]+-{i}$" : $"/run/agent/sandbox/storage/00ff{container}-{i}")}}", "options": ["ro", "hash=0{{container}}{{i}}ff"], "source": "{{(pattern ? "" : "00:01")}}"}"""))) + "]";

    private const string Head = """
        package agent_policy

        import rego.v1

        default AllowRequestsFailingPolicy := false

        default CreateContainerRequest := false

        default ExecProcessRequest := false


        """;

    private const string Requests = """
        # Constants that a request may be compared with.
        S_NAME_KEY := "io.example.sandbox-name"

        CreateContainerRequest := {"ops": ops, "allowed": true} if {
        	print("CreateContainerRequest: start")
        	i_oci := input.OCI
        	is_null(i_oci.Hooks)
        	some p_container in policy_data.containers
        	print("======== CreateContainerRequest: trying next policy container")
        	p_oci := p_container.OCI
        	print("CreateContainerRequest: p Hostname =", p_oci.Fields.Hostname)
        	allow_annotations(p_oci, i_oci)
        	allow_root(p_oci, i_oci)
        	allow_mounts(p_oci, i_oci)
        	allow_linux(p_oci.Linux, i_oci.Linux)
        	allow_process(p_oci.Process, i_oci.Process)
        	allow_storages(p_container.storages, input.storages)
        	allow_fields(p_oci.Fields, i_oci.Fields)
        	ops := add_state("containers", input.container_id, p_oci.Fields.Hostname)
        	print("CreateContainerRequest: true")
        }

        add_state(kind, id, name) := [] if data.pstate[kind][id] == name

        add_state(kind, id, name) := [{"op": "add", "path": sprintf("/pstate/%s/%s", [kind, id]), "value": name}] if not data.pstate[kind][id]

        CopyFileRequest if {
        	print("CopyFileRequest: input.path =", input.path)
        	check_symlink
        	not contains(input.path, "..")
        	some pattern in policy_data.request_defaults.CopyFileRequest
        	regex.match(pattern, input.path)
        	print("CopyFileRequest: true")
        }

        check_symlink if {
        	bits.and(input.file_mode, 61440) != 40960
        }

        check_symlink if {
        	bits.and(input.file_mode, 61440) == 40960
        	not startswith(input.data, "/")
        	not contains(input.data, "..")
        }

        ExecProcessRequest if {
        	print("ExecProcessRequest 1: input =", input)
        	command := concat(" ", input.process.Args)
        	some pattern in policy_data.request_defaults.ExecProcessRequest.regex
        	regex.match(pattern, command)
        	print("ExecProcessRequest 1: true")
        }

        ExecProcessRequest if {
        	print("ExecProcessRequest 2: input =", input)
        	some container in policy_data.containers
        	some command in container.exec_commands
        	command == input.process.Args
        	print("ExecProcessRequest 2: true")
        }

        ReadStreamRequest if policy_data.request_defaults.ReadStreamRequest == true

        WriteStreamRequest if policy_data.request_defaults.WriteStreamRequest == true

        allow_root(p, i) if {
        	print("allow_root: i =", i.Root.Path, "p =", p.Root.Path)
        	p1 := replace(p.Root.Path, "$(cpath)", policy_data.common.cpath)
        	i.Root.Path == replace(p1, "$(bundle-id)", input.container_id)
        	i.Root.Readonly == p.Root.Readonly
        	print("allow_root: true")
        }


        """;

    private const string OneField = """
        allow_FIELD(p, i) if {
        	print("allow_FIELD 1: start")
        	print("allow_FIELD 1: p =", p.FIELD, "i =", i.FIELD)
        	not p.FIELD == ""
        	i.FIELD == p.FIELD
        	print("allow_FIELD 1: true")
        }

        # Whatever the runtime chose, where the policy leaves it open.
        allow_FIELD(p, i) if {
        	print("allow_FIELD 2: start")
        	p.FIELD == ""
        	print("allow_FIELD 2: i =", i.FIELD)
        	regex.match("^[A-Za-z0-9_.:/-]*$", i.FIELD)
        	count(i.FIELD) <= 256
        	print("allow_FIELD 2: true")
        }


        """;

    private const string OneAnnotation = """
        # Absent on both sides.
        allow_annotation_NUMBER(p, i) if {
        	print("allow_annotation_NUMBER 1: start")
        	not p["io.example.aNUMBER"]
        	not i["io.example.aNUMBER"]
        	print("allow_annotation_NUMBER 1: true")
        }

        # By the policy's expression.
        allow_annotation_NUMBER(p, i) if {
        	p_value := p["io.example.aNUMBER"]
        	i_value := i["io.example.aNUMBER"]
        	print("allow_annotation_NUMBER 2: p =", p_value, "i =", i_value)
        	regex.match(p_value, i_value)
        	print("allow_annotation_NUMBER 2: true")
        }


        """;

    private const string OneMount = """
        # One mount of type KIND: its source by the prefix that the guest shares files under.
        mount_source_allows(p_mount, i_mount) if {
        	p_mount.type_ == "KIND"
        	print("mount_source_allows KIND 1: p =", p_mount.source, "i =", i_mount.source)
        	startswith(p_mount.source, "$(sfprefix)")
        	regex1 := replace(p_mount.source, "$(sfprefix)", policy_data.common.sfprefix)
        	regex2 := replace(regex1, "$(cpath)", policy_data.common.cpath)
        	regex3 := replace(regex2, "$(bundle-id)", input.container_id)
        	regex.match(regex3, i_mount.source)
        	print("mount_source_allows KIND 1: true")
        }

        # As it stands.
        mount_source_allows(p_mount, i_mount) if {
        	p_mount.type_ == "KIND"
        	print("mount_source_allows KIND 2: p =", p_mount.source, "i =", i_mount.source)
        	not startswith(p_mount.source, "$(")
        	p_mount.source == i_mount.source
        	print("mount_source_allows KIND 2: true")
        }


        """;

    private const string OneStorage = """
        # One storage of driver DRIVER, by its layer's hash and where it is mounted.
        allow_storage_driver(p_storage, i_storage) if {
        	p_storage.driver == "DRIVER"
        	print("allow_storage_driver DRIVER: p =", p_storage.mount_point, "i =", i_storage.mount_point)
        	i_storage.driver == p_storage.driver
        	i_storage.fstype == p_storage.fstype
        	i_storage.options == p_storage.options
        	regex.match(p_storage.mount_point, i_storage.mount_point)
        	not contains(i_storage.mount_point, "..")
        	print("allow_storage_driver DRIVER: true")
        }


        """;

    private const string OneCapability = """
        allow_caps_KIND(p, i) if {
        	print("allow_caps_KIND 1: p =", p.KIND, "i =", i.KIND)
        	p.KIND == ["$(default_caps)"]
        	i.KIND == policy_data.common.capabilities
        	print("allow_caps_KIND 1: true")
        }

        allow_caps_KIND(p, i) if {
        	print("allow_caps_KIND 2: p =", p.KIND, "i =", i.KIND)
        	p.KIND == i.KIND
        	print("allow_caps_KIND 2: true")
        }


        """;

    private const string Tail = """
        allow_mounts(p, i) if {
        	print("allow_mounts: count", count(p.Mounts), count(i.Mounts))
        	count(p.Mounts) == count(i.Mounts)
        	every i_mount in i.Mounts {
        		allow_mount(p, i_mount)
        	}
        	print("allow_mounts: true")
        }

        allow_mount(p, i_mount) if {
        	some p_mount in p.Mounts
        	print("allow_mount: p_mount =", p_mount.destination)
        	p_mount.destination == i_mount.destination
        	p_mount.type_ == i_mount.type_
        	p_mount.options == i_mount.options
        	mount_source_allows(p_mount, i_mount)
        	print("allow_mount: true")
        }

        allow_storages(p_storages, i_storages) if {
        	print("allow_storages: count", count(p_storages), count(i_storages))
        	count(p_storages) == count(i_storages)
        	every i_storage in i_storages {
        		some p_storage in p_storages
        		allow_storage_driver(p_storage, i_storage)
        	}
        	print("allow_storages: true")
        }

        allow_linux(p, i) if {
        	print("allow_linux: start")
        	{n.Type | some n in p.Namespaces} == {n.Type | some n in i.Namespaces}
        	every path in p.MaskedPaths { path in i.MaskedPaths }
        	every path in p.ReadonlyPaths { path in i.ReadonlyPaths }
        	every name, value in i.Sysctl { p.Sysctl[name] == value }
        	count(i.Devices) == 0
        	print("allow_linux: true")
        }

        allow_process(p, i) if {
        	print("allow_process: start")
        	p.Args == i.Args
        	p.Cwd == i.Cwd
        	p.User == i.User
        	allow_caps(p.Capabilities, i.Capabilities)
        	every variable in i.Env { allow_variable(p, variable) }
        	print("allow_process: true")
        }

        allow_variable(p, variable) if {
        	some wanted in p.Env
        	wanted == variable
        	print("allow_variable 1: true")
        }

        allow_variable(p, variable) if {
        	some wanted in p.Env
        	regex.match(concat("", ["^", wanted, "$"]), variable)
        	print("allow_variable 2: true")
        }

        allow_caps(p, i) if {
        	print("allow_caps: start")
        	allow_caps_Bounding(p, i)
        	allow_caps_Effective(p, i)
        	allow_caps_Inheritable(p, i)
        	allow_caps_Permitted(p, i)
        	allow_caps_Ambient(p, i)
        	print("allow_caps: true")
        }


        """;
}
