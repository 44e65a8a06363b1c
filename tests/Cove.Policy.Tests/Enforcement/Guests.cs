using Cove.Policy;
using Cove.Policy.Enforcement;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Enforcement;

/// <summary>A guest under a generated policy, and the requests that fit it exactly.</summary>
internal static class Guests
{
    internal const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    internal const string Secret = "s3cr3t-value";
    internal const string Sandbox = "/run/gcs/c/0000000000000000000000000000000000000000000000000000000000000000/sandboxMounts";

    private const string Template = """
        "environmentVariables": [ { "name": "MODE", "value": "fast" }, { "name": "TOKEN", "secureValue": "s3cr3t-value" } ],
        "volumeMounts": [ { "name": "data", "mountPath": "/data" } ],
        "readinessProbe": { "exec": { "command": [ "/ready" ] } },
        "securityContext": { "allowPrivilegeEscalation": false },
        """;

    /// <summary>The policy: no variable and no capability may fall away, so that every change of a request shows.</summary>
    internal static PolicyText Policy { get; } = Make();

    internal static CreateContainerRequest Request { get; } = new()
    {
        ContainerId = Id,
        SandboxDirectory = Sandbox,
        HugePagesDirectory = "/run/gcs/c/0/hugepages",
        Process = new ProcessRequest
        {
            Command = ["/app", "run"],
            Environment = ["PATH=/bin", "MODE=fast", $"TOKEN={Secret}"],
            WorkingDirectory = "/w",
            User = new Identity("1000", "app"),
            Groups = [new Identity("1000", "app")],
            NoNewPrivileges = true,
        },
        Mounts =
        [
            new PolicyMount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            new PolicyMount("/data", $"{Sandbox}/tmp/atlas/emptydir/data", "bind", ["rbind", "rshared", "rw"]),
        ],
    };

    internal static ProcessRequest Exec { get; } = Request.Process with { Command = ["/ready"] };

    internal static PolicyText Make(Func<string, string>? change = null)
    {
        var group = Samples.Parse(Samples.Group(Template, """ "volumes": [ { "name": "data", "emptyDir": {} } ], """)).Groups[0];
        var text = PolicyGenerator.Generate(group, _ => Samples.Image with { StopSignal = "SIGINT" }).Text
            .Replace("dropping := true", "dropping := false", StringComparison.Ordinal)
            .Replace("framework_version := \"0.2.3\"", "framework_version := \"0.5.0\"", StringComparison.Ordinal);
        return PolicyText.FromText(change is null ? text : change(text));
    }

    internal static PolicyEnforcer Set(PolicyText? policy = null)
    {
        var enforcer = new PolicyEnforcer();
        Assert.True(enforcer.SetPolicy(policy ?? Policy).IsAccepted(out _, out _));
        return enforcer;
    }

    /// <summary>A guest with the container's layers mounted.</summary>
    internal static PolicyEnforcer Mounted(PolicyText? policy = null)
    {
        var enforcer = Set(policy);
        Allowed(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
        Allowed(enforcer.MountDevice("/run/mounts/scsi/m1", Samples.Layer2));
        Allowed(enforcer.MountOverlay(Id, ["/run/mounts/scsi/m1", "/run/mounts/scsi/m0"], $"/run/gcs/c/{Id}/rootfs"));
        return enforcer;
    }

    /// <summary>A guest with the container running.</summary>
    internal static PolicyEnforcer Running(PolicyText? policy = null)
    {
        var enforcer = Mounted(policy);
        Allowed(enforcer.CreateContainer(Request));
        return enforcer;
    }

    internal static T Allowed<T>(PolicyDecision<T> decision)
    {
        if (decision.IsAllowed(out var value, out var denial)) return value;
        Assert.Fail($"{denial.Point}: {string.Join("; ", denial.Findings)} {denial.PolicyError} {string.Join("; ", denial.Errors)}");
        return default!;
    }

    internal static PolicyDenial Denied<T>(PolicyDecision<T> decision)
    {
        Assert.False(decision.IsAllowed(out _, out var denial));
        return denial!;
    }
}
