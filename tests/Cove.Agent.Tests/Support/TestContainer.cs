using System.Text.Json.Nodes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Support;

/// <summary>A container as its owner wrote it in the policy, and as an honest host asks for it.</summary>
internal sealed record TestContainer(string Name, params string[] Command)
{
    private static readonly string[] Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
        "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    public string Id { get; } = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public string[] Env { get; init; } = ["PATH=/bin"];

    public string[][] Execs { get; init; } = [];

    public int[] Signals { get; init; } = [];

    public ContainerMount[] Mounts { get; init; } = [];

    public bool Stdio { get; init; } = true;

    public RestartPolicy Restart { get; init; } = RestartPolicy.Never;

    public string User { get; init; } = "";

    /// <summary>What the host asks for if it does what the owner wanted.</summary>
    public CreateContainerRequest Request => new(Id, Command, Env, "/work", User, Mounts: Mounts, Restart: Restart);

    /// <summary>What the policy says of it. Volume sources are patterns, as the generator writes them.</summary>
    public JsonObject Policy(string layer) => new()
    {
        ["name"] = Name,
        ["id"] = Name,
        ["command"] = Strings(Command),
        ["env_rules"] = new JsonArray([.. Env.Select(variable => new JsonObject { ["pattern"] = variable, ["strategy"] = "string", ["required"] = false })]),
        ["layers"] = Strings([layer]),
        ["mounts"] = new JsonArray([.. Mounts.Select(mount => new JsonObject
        {
            ["destination"] = mount.Destination,
            ["source"] = mount.Source[..(mount.Source.LastIndexOf('/') + 1)] + ".+",
            ["type"] = mount.Type,
            ["options"] = Strings(mount.Options),
        })]),
        ["exec_processes"] = new JsonArray([.. Execs.Select(exec => new JsonObject { ["command"] = Strings(exec), ["signals"] = new JsonArray() })]),
        ["signals"] = new JsonArray([.. Signals.Select(signal => JsonValue.Create(signal))]),
        ["user"] = new JsonObject
        {
            ["user_idname"] = new JsonObject { ["pattern"] = "", ["strategy"] = "any" },
            ["group_idnames"] = new JsonArray(new JsonObject { ["pattern"] = "", ["strategy"] = "any" }),
            ["umask"] = "0022",
        },
        ["capabilities"] = new JsonObject
        {
            ["bounding"] = Strings(Capabilities), ["effective"] = Strings(Capabilities), ["inheritable"] = new JsonArray(),
            ["permitted"] = Strings(Capabilities), ["ambient"] = new JsonArray(),
        },
        ["seccomp_profile_sha256"] = "",
        ["allow_elevated"] = false,
        ["working_dir"] = "/work",
        ["allow_stdio_access"] = Stdio,
        ["no_new_privileges"] = false,
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
