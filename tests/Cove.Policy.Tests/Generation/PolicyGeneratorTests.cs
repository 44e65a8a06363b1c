using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Generation;

public sealed class PolicyGeneratorTests
{
    private const string DistrolessBase = "mcr.microsoft.com/azurelinux/distroless/base@sha256:1e77d97e1e39f22ed9c52f49b3508b4c1044cec23743df9098ac44e025f654f2";

    private static readonly ImageFacts Distroless = new()
    {
        Layers = ["243e1b3ce08093f2f0d9cd6a9eafde8737f64fec105ed59c346d309fbe760b58"],
        Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    };

    [Theory]
    [InlineData("", "2c692a13bd6ac842a82a4e5ce11c9a9fe75fa876a4e8f275996f26cd90b8cf95")]
    [InlineData("debug", "4a5716bd")]
    [InlineData("fragment", "322c4559")]
    public void The_minimal_group_has_the_published_text(string variant, string sha256)
    {
        var group = new ContainerGroup { Name = "group1", Type = "", Containers = [new GroupContainer { Name = "container1", Image = DistrolessBase }] };
        var policy = PolicyGenerator.Generate(group, _ => Distroless, new GeneratorOptions
        {
            DebugMode = variant == "debug",
            Fragments = variant == "fragment"
                ? [new FragmentImport("did:x509:0:sha256:8OhuTqQPbrbDMXV9QentXIIRWqcmU_B88n8jPr1WsBc::subject:CN:Contoso", "mcr.microsoft.com/acc/samples/aci/helloworld", "1", ["containers", "fragments"])]
                : [],
        });

        // The published file is what the tool prints: the text and three line ends.
        var printed = SHA256.HashData(Encoding.UTF8.GetBytes(policy.Text + "\n\n\n"));
        Assert.StartsWith(sha256, Convert.ToHexStringLower(printed), StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_takes_from_the_template_first_and_then_from_its_image()
    {
        var group = Samples.Parse(Samples.Group("""
            "command": [ "/own" ],
            "environmentVariables": [ { "name": "PATH", "value": "/own" }, { "name": "S", "secureValue": "x" } ],
            "readinessProbe": { "exec": { "command": [ "/ready" ] } },
            "livenessProbe": { "exec": { "command": [ "/live", "1" ] } },
            "securityContext": { "runAsUser": 5, "allowPrivilegeEscalation": false, "capabilities": { "add": [ "CAP_SYS_TIME" ], "drop": [ "CAP_KILL", "CAP_CHOWN" ] } },
            """)).Groups[0];
        var container = PolicyGenerator.Describe(group, _ => Samples.Image).Containers[0];

        Assert.Equal(["/own"], container.Command);
        Assert.Equal(["PATH=/own", "S=x", "TERM=xterm"], container.EnvRules.Take(3).Select(rule => rule.Pattern));
        Assert.Equal(["/ready", "/live"], container.ExecProcesses.Select(process => process.Command[0]));
        Assert.Equal(new IdentityRule("5", "id"), container.User.User);
        Assert.Equal([new IdentityRule("1000", "id")], container.User.Groups);
        Assert.True(container.NoNewPrivileges);
        Assert.Equal("/w", container.WorkingDir);
        Assert.Contains("CAP_SYS_TIME", container.Capabilities!.Effective);
        Assert.DoesNotContain("CAP_KILL", container.Capabilities.Bounding);
        Assert.Empty(container.Capabilities.Inheritable);
        Assert.Equal([Samples.Layer1, Samples.Layer2], container.Layers);
    }

    [Fact]
    public void An_image_without_a_command_yields_the_entry_point_and_arguments_or_nothing()
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        Assert.Equal(["/app", "run"], PolicyGenerator.Describe(group, _ => Samples.Image).Containers[0].Command);
        Assert.Null(PolicyGenerator.Describe(group, _ => Samples.Image with { Entrypoint = null, Cmd = null }).Containers[0].Command);
    }

    [Fact]
    public void Volumes_become_mounts_by_their_kind()
    {
        var group = Samples.Parse(Samples.Group(
            """ "volumeMounts": [ { "name": "e", "mountPath": "/e" }, { "name": "s", "mountPath": "/s", "readOnly": true } ], """,
            """ "volumes": [ { "name": "e", "emptyDir": {} }, { "name": "s", "secret": { "a": "" } } ], """)).Groups[0];
        var mounts = PolicyGenerator.Describe(group, _ => Samples.Image).Containers[0].Mounts;
        Assert.Equal(
            ["/e sandbox:///tmp/atlas/emptydir/.+ rw", "/s sandbox:///tmp/atlas/secretsVolume/.+ ro", "/etc/resolv.conf sandbox:///tmp/atlas/resolvconf/.+ rw"],
            mounts.Select(mount => $"{mount.Destination} {mount.Source} {mount.Options[2]}"));
    }

    [Fact]
    public void Options_change_what_they_name_and_nothing_else()
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        PolicyDocument With(GeneratorOptions options) => PolicyGenerator.Describe(group, _ => Samples.Image, options);
        var plain = With(new GeneratorOptions());

        Assert.Equal("4", plain.Fragments[0].MinimumSvn);
        Assert.Equal("99", With(new GeneratorOptions { InfrastructureSvn = "99" }).Fragments[0].MinimumSvn);
        Assert.Empty(With(new GeneratorOptions { ExcludeDefaultFragments = true }).Fragments);
        Assert.All(plain.Containers, container => Assert.True(container.AllowStdioAccess));
        Assert.All(With(new GeneratorOptions { DisableStdio = true }).Containers, container => Assert.False(container.AllowStdioAccess));
        Assert.Equal("example/app:1", plain.Containers[0].Id);
        Assert.Null(With(new GeneratorOptions { OmitId = true }).Containers[0].Id);
        Assert.Equal(["app", "pause-container"], plain.Containers.Select(container => container.Name));
        Assert.Equal(["app"], With(new GeneratorOptions { IncludePauseContainer = false }).Containers.Select(container => container.Name));
        var debug = With(new GeneratorOptions { DebugMode = true });
        Assert.Equal((true, true, true), (debug.Flags.AllowDumpStacks, debug.Flags.AllowRuntimeLogging, debug.Flags.AllowPropertiesAccess));
        Assert.Equal(["/bin/sh", "/bin/bash"], debug.Containers[0].ExecProcesses.Select(process => process.Command[0]));
        Assert.Equal((false, false, true), (plain.Flags.AllowDumpStacks, plain.Flags.AllowRuntimeLogging, plain.Flags.AllowPropertiesAccess));
    }

    [Fact]
    public void The_newer_form_writes_the_signals_out_binds_one_more_point_and_names_equal_probes_once()
    {
        var group = Samples.Parse(Samples.Group("""
            "readinessProbe": { "exec": { "command": [ "/p" ] } }, "livenessProbe": { "exec": { "command": [ "/p" ] } },
            """)).Groups[0];
        var text = PolicyGenerator.Generate(group, _ => Samples.Image, new GeneratorOptions { Form = PolicyForm.Api0_11 }).Text;
        Assert.Contains("api_version := \"0.11.0\"", text, StringComparison.Ordinal);
        Assert.Contains("\"exec_processes\":[{\"command\":[\"/p\"],\"signals\":[]}],", text, StringComparison.Ordinal);
        Assert.Contains("\"signals\":[9,15]", text, StringComparison.Ordinal);
        Assert.Contains("scratch_unmount := data.framework.scratch_unmount\nrw_mount_device := data.framework.rw_mount_device\n\nreason", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_zero_sidecar_tag_leaves_the_default_fragment_out()
    {
        var text = Samples.Group().Replace("\"name\": \"g\",", "\"name\": \"g\", \"tags\": { \"Annotate-zero-sidecar\": true },", StringComparison.Ordinal);
        Assert.Empty(PolicyGenerator.Describe(Samples.Parse(text).Groups[0], _ => Samples.Image).Fragments);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(null)]
    public void Refuses_image_facts_that_name_no_layer(string? layer)
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        var facts = Samples.Image with { Layers = layer is null ? [] : [layer] };
        Assert.Equal("containers[app].layers", Assert.Throws<MalformedException>(() => PolicyGenerator.Generate(group, _ => facts)).Field);
    }

    [Fact]
    public void Text_outside_ASCII_is_escaped_so_that_the_bytes_are_the_same_everywhere()
    {
        var group = Samples.Parse(Samples.Group(""" "command": [ "/a", "ü\"<\u007f" ], """)).Groups[0];
        var text = PolicyGenerator.Generate(group, _ => Samples.Image).Text;
        Assert.Contains("""["/a","\u00fc\"<\u007f"]""", text, StringComparison.Ordinal);
        Assert.All(text, c => Assert.True(c is '\n' or (>= ' ' and <= '~')));
    }

    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("9", 9)]
    public void The_stop_signal_of_the_image_is_allowed(string signal, int number)
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        Assert.Equal([number], PolicyGenerator.Describe(group, _ => Samples.Image with { StopSignal = signal }).Containers[0].Signals);
    }

    [Fact]
    public void A_seccomp_profile_counts_by_its_content_and_not_by_its_layout()
    {
        static string Digest(string json) => SeccompDigest.OfBase64(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)));
        var one = Digest("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": [ "read" ], "action": "SCMP_ACT_ERRNO" } ] }""");
        Assert.Equal(one, Digest("""{"syscalls":[{"action":"SCMP_ACT_ERRNO","names":["read"],"comment":"x"}],"defaultAction":"SCMP_ACT_ALLOW"}"""));
        Assert.NotEqual(one, Digest("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["write"],"action":"SCMP_ACT_ERRNO"}]}"""));
        Assert.Equal("", SeccompDigest.OfBase64(null));
        Assert.Throws<MalformedException>(() => SeccompDigest.OfBase64("!"));
        Assert.Throws<MalformedException>(() => Digest("[]"));
    }
}
