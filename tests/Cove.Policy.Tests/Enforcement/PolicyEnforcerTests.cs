using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;

namespace Cove.Tests.Enforcement;

public sealed class PolicyEnforcerTests
{
    [Fact]
    public void A_request_that_fits_is_allowed_with_exactly_what_it_asked_for()
    {
        var allowance = Guests.Allowed(Guests.Mounted().CreateContainer(Guests.Request));
        Assert.Equal(Guests.Request.Process.Environment, allowance.Environment);
        Assert.Equal(CapabilitySets.Unprivileged.Effective, allowance.Capabilities.Effective);
        Assert.True(allowance.AllowStdioAccess);
    }

    public static TheoryData<string, string, string> Changes => new()
    {
        { "command", "command-mismatch", "containers[app].command" },
        { "argument added", "command-mismatch", "containers[app].command" },
        { "env added", "env-not-listed", "containers[app].env_rules[EXTRA]" },
        { "env changed", "env-value-mismatch", "containers[app].env_rules[MODE]" },
        { "secret changed", "env-value-mismatch", "containers[app].env_rules[TOKEN]" },
        { "mount added", "mount-not-listed", "containers[app].mounts[/other]" },
        { "mount source", "mount-mismatch", "containers[app].mounts[/data]" },
        { "mount options", "mount-mismatch", "containers[app].mounts[/data]" },
        { "mount type", "mount-mismatch", "containers[app].mounts[/data]" },
        { "default mount options", "mount-not-listed", "containers[app].mounts[/proc]" },
        { "working directory", "working-dir-mismatch", "containers[app].working_dir" },
        { "user", "user-mismatch", "containers[app].user" },
        { "group", "user-mismatch", "containers[app].user" },
        { "umask", "user-mismatch", "containers[app].user" },
        { "capability added", "capabilities-mismatch", "containers[app].capabilities.bounding" },
        { "capability removed", "capabilities-mismatch", "containers[app].capabilities.bounding" },
        { "privileged", "privileged-not-allowed", "containers[app].allow_elevated" },
        { "seccomp", "seccomp-mismatch", "containers[app].seccomp_profile_sha256" },
        { "new privileges", "no-new-privileges-missing", "containers[app].no_new_privileges" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void One_changed_field_is_refused_and_named(string change, string code, string field)
    {
        var enforcer = Guests.Mounted();
        var denial = Guests.Denied(enforcer.CreateContainer(Changed(change)));
        Assert.Equal(code, denial.Findings[0].Code);
        Assert.Equal(field, denial.Findings[0].Field);
        Assert.NotEmpty(denial.Errors);

        // The refusal left nothing behind: the request as it should be is still allowed.
        Guests.Allowed(enforcer.CreateContainer(Guests.Request));
    }

    [Fact]
    public void A_device_is_never_allowed() =>
        Assert.Equal(["devices not supported"], Guests.Denied(Guests.Mounted().CreateContainer(Guests.Request with { Devices = ["/dev/sda"] })).Errors);

    [Fact]
    public void A_required_variable_must_be_given()
    {
        var policy = Guests.Make(text => text.Replace("\"pattern\":\"MODE=fast\",\"required\":false", "\"pattern\":\"MODE=fast\",\"required\":true", StringComparison.Ordinal));
        var without = Guests.Request with { Process = Guests.Request.Process with { Environment = ["PATH=/bin"] } };
        var denial = Guests.Denied(Guests.Mounted(policy).CreateContainer(without));
        Assert.Equal(("env-missing", "containers[app].env_rules[MODE]"), (denial.Findings[0].Code, denial.Findings[0].Field));
        Assert.Equal(["missing required environment variable"], denial.Errors);
        Guests.Allowed(Guests.Mounted().CreateContainer(without));
        Guests.Allowed(Guests.Mounted(policy).CreateContainer(Guests.Request));
    }

    [Fact]
    public void Where_variables_may_fall_away_an_unknown_one_does()
    {
        var policy = Guests.Make(text => text.Replace("allow_environment_variable_dropping := false", "allow_environment_variable_dropping := true", StringComparison.Ordinal));
        var more = Guests.Request with { Process = Guests.Request.Process with { Environment = ["X=1", .. Guests.Request.Process.Environment] } };
        Assert.Equal(Guests.Request.Process.Environment, Guests.Allowed(Guests.Mounted(policy).CreateContainer(more)).Environment);
    }

    [Fact]
    public void Where_capabilities_may_fall_away_an_additional_one_does()
    {
        var policy = Guests.Make(text => text.Replace("allow_capability_dropping := false", "allow_capability_dropping := true", StringComparison.Ordinal));
        Assert.DoesNotContain("CAP_SYS_ADMIN", Guests.Allowed(Guests.Mounted(policy).CreateContainer(Changed("capability added"))).Capabilities.Effective);
    }

    [Fact]
    public void Before_a_policy_is_set_every_door_is_closed()
    {
        var enforcer = new PolicyEnforcer();
        Assert.False(enforcer.IsSet);
        Assert.Equal("policy-not-set", Guests.Denied(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1)).Findings[0].Code);
        Assert.Equal("policy-not-set", Guests.Denied(enforcer.CreateContainer(Guests.Request)).Findings[0].Code);
        Assert.Equal("policy-not-set", Guests.Denied(enforcer.GetProperties()).Findings[0].Code);
        Assert.Equal("policy-not-set", Guests.Denied(enforcer.RuntimeLogging()).Findings[0].Code);
    }

    [Fact]
    public void A_policy_is_set_once()
    {
        var enforcer = Guests.Set();
        Assert.False(enforcer.SetPolicy(PolicyText.FromText("package policy\n")).IsAccepted(out _, out var findings));
        Assert.Equal("policy-already-set", findings[0].Code);
        Guests.Allowed(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
    }

    [Fact]
    public void A_text_that_is_no_policy_is_refused_and_leaves_the_door_closed()
    {
        var enforcer = new PolicyEnforcer();
        Assert.Throws<MalformedException>(() => enforcer.SetPolicy(PolicyText.FromText("package policy\n\nthis is not rego {")));
        Assert.False(enforcer.IsSet);
    }

    [Fact]
    public void Layers_must_be_listed_and_in_the_order_of_the_policy()
    {
        var enforcer = Guests.Set();
        var unknown = Guests.Denied(enforcer.MountDevice("/run/mounts/scsi/m0", new string('f', 64)));
        Assert.Equal(("layer-not-listed", new string('f', 64)), (unknown.Findings[0].Code, unknown.Findings[0].Actual));
        Guests.Allowed(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
        Guests.Allowed(enforcer.MountDevice("/run/mounts/scsi/m1", Samples.Layer2));
        Assert.Contains("device already mounted at path", Guests.Denied(enforcer.MountDevice("/run/mounts/scsi/m1", Samples.Layer2)).Errors);
        Assert.Contains("mountpoint invalid", Guests.Denied(enforcer.MountDevice("/tmp/m1", Samples.Layer2)).Errors);

        var swapped = Guests.Denied(enforcer.MountOverlay(Guests.Id, ["/run/mounts/scsi/m0", "/run/mounts/scsi/m1"], "/r"));
        Assert.Equal(("layer-order", "containers[app].layers"), (swapped.Findings[0].Code, swapped.Findings[0].Field));
        var half = Guests.Denied(enforcer.MountOverlay(Guests.Id, ["/run/mounts/scsi/m1"], "/r"));
        Assert.Contains(half.Findings, finding => finding is { Code: "layer-count", Field: "containers[app].layers" });
        Guests.Allowed(enforcer.MountOverlay(Guests.Id, ["/run/mounts/scsi/m1", "/run/mounts/scsi/m0"], "/r"));
        Assert.Equal("overlay-already-mounted", Guests.Denied(enforcer.MountOverlay(Guests.Id, ["/run/mounts/scsi/m1", "/run/mounts/scsi/m0"], "/s")).Findings[0].Code);
    }

    [Fact]
    public void Only_listed_commands_run_in_a_container()
    {
        var enforcer = Guests.Running();
        Assert.True(Guests.Allowed(enforcer.ExecInContainer(Guests.Id, Guests.Exec)).AllowStdioAccess);
        var denial = Guests.Denied(enforcer.ExecInContainer(Guests.Id, Guests.Exec with { Command = ["/bin/sh"] }));
        Assert.Equal(("exec-not-listed", "containers[app].exec_processes"), (denial.Findings[0].Code, denial.Findings[0].Field));
        Assert.Equal(("""["/ready"]""", """["/bin/sh"]"""), (denial.Findings[0].Expected, denial.Findings[0].Actual));
        Assert.Equal("user-mismatch", Guests.Denied(enforcer.ExecInContainer(Guests.Id, Guests.Exec with { User = new Identity("0", "root") })).Findings[0].Code);
        Assert.Equal("container-not-started", Guests.Denied(Guests.Mounted().ExecInContainer(Guests.Id, Guests.Exec)).Findings[0].Code);
    }

    [Fact]
    public void Only_listed_signals_reach_a_process()
    {
        var enforcer = Guests.Running();
        Guests.Allowed(enforcer.SignalProcess(new SignalRequest(Guests.Id, 2, true, ["/app", "run"])));
        var denial = Guests.Denied(enforcer.SignalProcess(new SignalRequest(Guests.Id, 9, true, ["/app", "run"])));
        Assert.Equal(("signal-not-listed", "containers[app].signals", "SIGINT", "SIGKILL"), (denial.Findings[0].Code, denial.Findings[0].Field, denial.Findings[0].Expected, denial.Findings[0].Actual));
        Assert.Equal(["target isn't allowed to receive the signal"], denial.Errors);
        Assert.Equal("signal-not-listed", Guests.Denied(enforcer.SignalProcess(new SignalRequest(Guests.Id, 2, false, ["/ready"]))).Findings[0].Code);
        Assert.Equal("exec-not-listed", Guests.Denied(enforcer.SignalProcess(new SignalRequest(Guests.Id, 2, false, ["/other"]))).Findings[0].Code);
    }

    [Fact]
    public void The_generated_policy_of_an_older_framework_lets_the_runtime_end_a_container()
    {
        var policy = Guests.Make(text => text.Replace("framework_version := \"0.5.0\"", "framework_version := \"0.2.3\"", StringComparison.Ordinal));
        var enforcer = Guests.Running(policy);
        Guests.Allowed(enforcer.SignalProcess(new SignalRequest(Guests.Id, 15, true, ["/app", "run"])));
        Guests.Allowed(enforcer.SignalProcess(new SignalRequest(Guests.Id, 9, true, ["/app", "run"])));
        Guests.Allowed(enforcer.ShutdownContainer(Guests.Id));
    }

    [Fact]
    public void A_container_is_created_once_and_never_again()
    {
        var enforcer = Guests.Running();
        Assert.Equal("container-already-started", Guests.Denied(enforcer.CreateContainer(Guests.Request)).Findings[0].Code);
        Guests.Allowed(enforcer.ShutdownContainer(Guests.Id));
        Assert.Contains("container already started", Guests.Denied(enforcer.CreateContainer(Guests.Request)).Errors);
    }

    [Fact]
    public void A_container_without_a_mounted_root_is_not_created() =>
        Assert.Equal("overlay-not-mounted", Guests.Denied(Guests.Set().CreateContainer(Guests.Request)).Findings[0].Code);

    [Fact]
    public void Flags_decide_what_they_name()
    {
        var enforcer = Guests.Set();
        Guests.Allowed(enforcer.GetProperties());
        Assert.Equal("allow_dump_stacks", Guests.Denied(enforcer.DumpStacks()).Findings[0].Field);
        Assert.Equal("allow_runtime_logging", Guests.Denied(enforcer.RuntimeLogging()).Findings[0].Field);
        Assert.Equal("allow_host_network", Guests.Denied(enforcer.HostNetwork()).Findings[0].Field);
        Guests.Allowed(enforcer.MountScratch("/s", encrypted: true));
        Assert.Equal("allow_unencrypted_scratch", Guests.Denied(enforcer.MountScratch("/t", encrypted: false)).Findings[0].Field);
    }

    [Fact]
    public void An_act_that_fails_takes_its_memory_back()
    {
        var enforcer = Guests.Set();
        using (enforcer.Begin()) Guests.Allowed(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
        using (var transaction = enforcer.Begin())
        {
            Guests.Allowed(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
            Assert.Throws<InvalidOperationException>(() => enforcer.Begin());
            transaction.Commit();
        }

        Assert.Contains("device already mounted at path", Guests.Denied(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1)).Errors);
    }

    [Fact]
    public void Mounts_of_the_guests_network_are_allowed_once_they_are_added()
    {
        var hosts = new PolicyMount("/etc/hosts", "/run/hosts", "bind", ["bind"]);
        var request = Guests.Request with { Mounts = [.. Guests.Request.Mounts, hosts] };
        var enforcer = Guests.Mounted();
        Assert.Equal("mount-not-listed", Guests.Denied(enforcer.CreateContainer(request)).Findings[0].Code);
        enforcer.AddDefaultMounts([hosts]);
        Guests.Allowed(enforcer.CreateContainer(request));
    }

    [Fact]
    public void A_policy_that_does_not_say_its_version_allows_nothing()
    {
        var denial = Guests.Denied(Guests.Set(PolicyText.FromText("package policy\n\nmount_device := {\"allowed\": true}\n")).MountDevice("/run/mounts/scsi/m0", Samples.Layer1));
        Assert.Equal("policy does not define api_version", denial.PolicyError);
        Assert.Equal("policy-error", denial.Findings[0].Code);
    }

    [Theory]
    [InlineData("mount_device := {}", "rule for mount_device is missing from policy")]
    [InlineData("mount_device := true", "unable to load results object from Rego query")]
    [InlineData("mount_device := {\"allowed\": 1}", "value for 'allowed' is not a boolean")]
    [InlineData("mount_device := {\"allowed\": true, \"metadata\": [{\"name\": \"x\"}]}", "error applying metadata operations: 'action' is missing or not a string")]
    [InlineData("mount_device := {\"allowed\": true} if input.target\nmount_device := {\"allowed\": false} if input.deviceHash", "conflict")]
    public void An_answer_that_is_none_denies(string rule, string error)
    {
        var enforcer = Guests.Set(PolicyText.FromText($"package policy\n\napi_version := \"0.10.0\"\n{rule}\n"));
        Assert.Contains(error, Guests.Denied(enforcer.MountDevice("/run/mounts/scsi/m0", Samples.Layer1)).PolicyError, StringComparison.Ordinal);
    }

    private static CreateContainerRequest Changed(string change)
    {
        var request = Guests.Request;
        var process = request.Process;
        CreateContainerRequest Process(ProcessRequest changed) => request with { Process = changed };
        CreateContainerRequest Data(Func<PolicyMount, PolicyMount> mount) => request with { Mounts = [request.Mounts[0], mount(request.Mounts[1])] };
        return change switch
        {
            "command" => Process(process with { Command = ["/app", "walk"] }),
            "argument added" => Process(process with { Command = ["/app", "run", "-v"] }),
            "env added" => Process(process with { Environment = [.. process.Environment, "EXTRA=1"] }),
            "env changed" => Process(process with { Environment = ["PATH=/bin", "MODE=slow", $"TOKEN={Guests.Secret}"] }),
            "secret changed" => Process(process with { Environment = ["PATH=/bin", "MODE=fast", "TOKEN=other"] }),
            "mount added" => request with { Mounts = [.. request.Mounts, new PolicyMount("/other", $"{Guests.Sandbox}/tmp/atlas/emptydir/o", "bind", ["rbind", "rshared", "rw"])] },
            "mount source" => Data(mount => mount with { Source = "/etc" }),
            "mount options" => Data(mount => mount with { Options = ["rbind", "rshared", "ro"] }),
            "mount type" => Data(mount => mount with { Type = "tmpfs" }),
            "default mount options" => request with { Mounts = [request.Mounts[0] with { Options = ["nosuid", "noexec"] }, request.Mounts[1]] },
            "working directory" => Process(process with { WorkingDirectory = "/" }),
            "user" => Process(process with { User = new Identity("0", "root") }),
            "group" => Process(process with { Groups = [new Identity("0", "root")] }),
            "umask" => Process(process with { Umask = "0000" }),
            "capability added" => Process(process with { Capabilities = Capabilities(names => [.. names, "CAP_SYS_ADMIN"]) }),
            "capability removed" => Process(process with { Capabilities = Capabilities(names => [.. names.Skip(1)]) }),
            "privileged" => request with { Privileged = true },
            "seccomp" => request with { SeccompProfileSha256 = new string('a', 64) },
            "new privileges" => Process(process with { NoNewPrivileges = false }),
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }

    private static CapabilitySets Capabilities(Func<IReadOnlyList<string>, IReadOnlyList<string>> change)
    {
        var sets = CapabilitySets.Unprivileged;
        return sets with { Bounding = change(sets.Bounding), Effective = change(sets.Effective), Permitted = change(sets.Permitted) };
    }
}
