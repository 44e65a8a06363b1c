using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Explanation;
using Cove.Tests.Enforcement;

namespace Cove.Tests.Explanation;

public sealed class DenialReaderTests
{
    [Fact]
    public void A_denial_of_a_container_names_it_and_every_field_that_kept_it_out()
    {
        var enforcer = Guests.Mounted();
        var request = Guests.Request with { Process = Guests.Request.Process with { Command = ["/app", "serve"], WorkingDirectory = "/elsewhere" } };
        Assert.False(enforcer.CreateContainer(request).IsAllowed(out _, out var denial));
        var reading = DenialReader.Read($"failed to create: container creation denied due to policy: {denial!.Message}: unknown");
        Assert.Equal(("create_container", Guests.Id), (reading.Point, reading.ContainerId));
        Assert.Equal(["invalid command", "invalid working directory"], reading.Errors);
        Assert.Empty(reading.Findings);
        var compared = DenialReader.Read(denial.Message, Guests.Policy).Findings.TakeWhile(finding => finding.Field.StartsWith("containers[app]", StringComparison.Ordinal));
        Assert.Equal(["command-mismatch", "working-dir-mismatch"], compared.Select(finding => finding.Code).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Guests.Secret, reading.Input ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_candidates_in_a_denial_are_compared_field_by_field()
    {
        const string json = """
            {"decision":"deny","input":{"rule":"create_container","containerID":"c","argList":["/app"],"workingDir":"/","envList":["A=<<redacted>>"],"user":{"id":"0","name":"root"},
             "groups":[],"umask":"0022","mounts":[],"devices":[],"noNewPrivileges":false,"privileged":true,"seccompProfileSHA256":"","capabilities":"[unprivileged]","sandboxDir":"/s","hugePagesDir":"/h","isSandboxContainer":false},
             "reason":{"errors":["privileged escalation not allowed"],"error_objects":[{"name":"web","command":["/app"],"env_rules":[{"pattern":"A=b","strategy":"string","required":true}],"layers":[],
             "mounts":[],"exec_processes":[],"signals":[],"user":{"user_idname":{"pattern":"","strategy":"any"},"group_idnames":[],"umask":"0022"},"capabilities":"[unprivileged]",
             "seccomp_profile_sha256":"","allow_elevated":false,"working_dir":"/","allow_stdio_access":true,"no_new_privileges":false}]}}
            """;
        var finding = Assert.Single(DenialReader.Read(json).Findings);
        Assert.Equal(("privileged-not-allowed", "containers[web].allow_elevated"), (finding.Code, finding.Field));
        Assert.Empty(DenialReader.Read(json.Replace("\"privileged\":true", "\"privileged\":false", StringComparison.Ordinal)).Findings);
    }

    [Fact]
    public void A_layer_that_is_not_listed_is_named()
    {
        Assert.False(Guests.Set().MountDevice("/run/mounts/scsi/m3", "0123").IsAllowed(out _, out var denial));
        var reading = DenialReader.Read(denial!.Message);
        Assert.Equal(["deviceHash not found"], reading.Errors);
        Assert.Equal(("layer-not-listed", "0123"), (Assert.Single(reading.Findings).Code, reading.Findings[0].Actual));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no denial here")]
    [InlineData("{\"input\":{}}")]
    [InlineData("policyDecision< bm90IGpzb24= >policyDecision")]
    public void What_holds_no_denial_is_refused(string text) => Assert.Throws<MalformedException>(() => DenialReader.Read(text));
}
