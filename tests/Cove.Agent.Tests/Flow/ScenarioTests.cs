using System.Text;
using System.Text.Json.Nodes;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Protocol.Messages;
using Cove.Tests;

namespace Cove.Agent.Tests.Flow;

/// <summary>
/// The scenarios that the reference framework decided, as a host would have them: against the real agent, with real layers, signed fragments
/// and running containers. What a scenario asks that no host can ask this agent is counted and named below.
/// </summary>
public sealed class ScenarioTests
{
    private const string RecordedIssuer = "did:x509:0:sha256:AAAA::eku:1.2.3";
    private static readonly string SandboxId = new('0', 64);

    /// <summary>Points that no call of this agent reaches: it has no block devices, mounts scratch only encrypted, and runs nothing beside containers.</summary>
    private static readonly string[] Unreachable =
    [
        "rw_mount_device", "rw_unmount_device", "mount_blockdev", "unmount_blockdev", "scratch_mount", "exec_external", "host_network", "log_provider", "nonexistent_point",
    ];

    /// <summary>Failures after the policy allowed: the recording never did what it asked about, the agent does.</summary>
    private static readonly string[] AfterTheDecision = ["process-not-running", "volume-unknown", "mount-unknown", "create-failed"];

    /// <summary>Refusals before the policy is asked: checks that no policy can loosen.</summary>
    private static readonly string[] BeforeTheDecision = ["container-exists", "container-unknown", "mount-unknown", "mount-exists"];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 44)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Every_step_that_a_host_can_ask_comes_out_as_recorded(int number)
    {
        var layers = ScenarioLayers.Get();
        using var authority = new FragmentAuthority();
        var recording = File.ReadAllText(Vectors.Path("policy", "framework-decisions.json"));
        var scenario = JsonNode.Parse(layers.Translate(recording).Replace(RecordedIssuer, authority.Issuer, StringComparison.Ordinal))!.AsArray()[number]!;
        var policy = Encoding.UTF8.GetBytes((string)scenario["policy"]!);
        await using var agent = await AgentUnderTest.StartAsync(_ => new TestPolicy("") { Given = policy });
        var steps = scenario["steps"]!.AsArray().Select(step => step!).ToList();
        if (steps is [{ } only] && (string)only["point"]! == "compile")
        {
            await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(Convert.ToBase64String(policy))));
            return;
        }

        var set = AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(Convert.ToBase64String(policy))));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateSandbox, new CreateSandboxRequest(SandboxId, "scenario")));
        AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateVolume, new CreateVolumeRequest("v", VolumeKind.EmptyDir, [])));
        var running = steps.Exists(step => (string)step["point"]! is "exec_in_container" or "signal_container_process");
        foreach (var step in steps)
        {
            var point = (string)step["point"]!;
            if (Unreachable.Contains(point, StringComparer.Ordinal)) continue;
            var input = step["input"]!.AsObject();
            if (CannotBeAsked(point, input)) continue;
            if (point == "runtime_logging")
            {
                Assert.Equal((bool)step["expect"]!["allowed"]!, set.RuntimeLogging);
                continue;
            }

            // A machine that has not every capability to give cannot make a privileged container: what would be asked of it is not asked.
            if (!await CheckAsync(agent, layers, authority, step, running)) return;
        }
    }

    // A writable device, a device of the host, a sandbox container, a process without any group, a folder that is not absolute: the protocol has
    // no words for them.
    private static bool CannotBeAsked(string point, JsonObject input) => point switch
    {
        "unmount_device" => !((string)input["unmountTarget"]!).StartsWith("/run/mounts/", StringComparison.Ordinal),
        "create_container" => input["devices"]!.AsArray().Count > 0 || (bool)input["isSandboxContainer"]! || input["groups"]!.AsArray().Count == 0 || ((string)input["workingDir"]!)[0] != '/',
        _ => false,
    };

    private static async Task<bool> CheckAsync(AgentUnderTest agent, ScenarioLayers layers, FragmentAuthority authority, JsonNode step, bool running)
    {
        var expected = Expected(step["expect"]!);
        var what = step.ToJsonString();
        try
        {
            var refusal = await AskAsync(agent, layers, authority, step, running);
            Assert.True(expected.Allowed == (refusal is null), $"{(refusal is null ? "allowed" : $"denied: {string.Join("; ", refusal)}")}: {what}");
            if (refusal is not null) CheckReason(expected, refusal, what);
            return true;
        }
        catch (GuestFailedException failed)
        {
            Assert.True((expected.Allowed ? AfterTheDecision : BeforeTheDecision).Contains(failed.Code, StringComparer.Ordinal), $"{failed.Code} {failed.Message}: {what}");
            return failed.Code != "create-failed";
        }
    }

    private static void CheckReason((bool Allowed, string[]? Errors) expected, IReadOnlyList<Finding> refusal, string what)
    {
        var denial = JsonNode.Parse(DenialObject.Extract(Assert.Single(refusal, finding => finding.Code == "policy-decision").Actual)!)!;
        if (expected.Errors is null)
        {
            Assert.True(denial["policyError"] is not null, what);
            return;
        }

        // Of a long denial the reason is dropped last; none of the recorded ones is that long.
        Assert.Equal(expected.Errors.Order(StringComparer.Ordinal), denial["reason"]!["errors"]!.AsArray().Select(error => (string)error!).Order(StringComparer.Ordinal));
    }

    /// <summary>Whether a recorded step was allowed, and the sentences of its denial; null for an error.</summary>
    private static (bool Allowed, string[]? Errors) Expected(JsonNode expect)
    {
        if (expect["phase1"] is { } first)
        {
            var last = expect["phase2"]?.AsArray().Select(phase => phase!).FirstOrDefault(phase => (bool?)phase["allowed"] != true);
            return Expected((bool?)first["allowed"] == true && last is not null ? last : first);
        }

        if (expect["error"] is not null) return (false, null);
        return ((bool)expect["allowed"]!, [.. expect["errors"]?.AsArray().Select(error => (string)error!) ?? []]);
    }

    private static async Task<IReadOnlyList<Finding>?> AskAsync(AgentUnderTest agent, ScenarioLayers layers, FragmentAuthority authority, JsonNode step, bool running)
    {
        var input = step["input"]!.AsObject();
        var id = (string?)input["containerID"] ?? "";
        switch ((string)step["point"]!)
        {
            case "mount_device":
                return Refusal(await agent.Host.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest((string)input["target"]!, layers.PathOf((string)input["deviceHash"]!), ["ro"])));
            case "unmount_device":
                return Refusal(await agent.Host.CallAsync(GuestCalls.UnmountDevice, new UnmountDeviceRequest((string)input["unmountTarget"]!)));
            case "mount_overlay":
                return Refusal(await agent.Host.CallAsync(GuestCalls.MountOverlay, new MountOverlayRequest(id, Texts(input["layerPaths"]), (string)input["target"]!, GuestPaths.Scratch(SandboxId, id))));
            case "create_container":
                return await CreateAsync(agent, step, running);
            case "exec_in_container":
                var exec = new ExecRequest(id, Texts(input["argList"]), Texts(input["envList"]), (string)input["workingDir"]!, (string)input["user"]!["id"]!, (string)input["umask"]!, Capabilities(input), (bool)input["noNewPrivileges"]!);
                return Refusal(await agent.Host.CallAsync(GuestCalls.Exec, exec));
            case "signal_container_process":
                var target = (bool)input["isInitProcess"]! ? null : Texts(input["argList"]);
                return Refusal(await agent.Host.CallAsync(GuestCalls.Signal, new Protocol.Messages.SignalRequest(id, (int)input["signal"]!, target)));
            case "shutdown_container":
                return Refusal(await agent.Host.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(id, Forced: true)));
            case "get_properties":
                return Refusal(await agent.Host.CallAsync(GuestCalls.GetProperties, new GetPropertiesRequest()));
            case "dump_stacks":
                return Refusal(await agent.Host.CallAsync(GuestCalls.DumpStacks, new DumpStacksRequest()));
            case "load_fragment":
                var signed = authority.Sign((string)step["fragment_rego"]!, (string)input["feed"]!, (bool)input["has_header_svn"]! ? (long)input["header_svn"]! : null);
                return Refusal(await agent.Host.CallAsync(GuestCalls.LoadFragment, new LoadFragmentRequest(Convert.ToBase64String(signed))));
            default:
                throw new Xunit.Sdk.XunitException($"nobody asks {step["point"]}");
        }
    }

    private static async Task<IReadOnlyList<Finding>?> CreateAsync(AgentUnderTest agent, JsonNode step, bool running)
    {
        var input = step["input"]!;
        var id = (string)input["containerID"]!;
        var request = new Protocol.Messages.CreateContainerRequest(
            id, Texts(input["argList"]), Texts(input["envList"]), (string)input["workingDir"]!, (string)input["user"]!["id"]! + ":" + (string)input["groups"]![0]!["id"]!,
            [.. input["groups"]!.AsArray().Skip(1).Select(group => uint.Parse((string)group!["id"]!))], (string)input["umask"]!,
            [.. input["mounts"]!.AsArray().Select(mount => new ContainerMount((string)mount!["destination"]!, (string)mount["source"]!, (string)mount["type"]!, Texts(mount["options"])))],
            Capabilities(input), (bool)input["noNewPrivileges"]!, (bool)input["privileged"]!);
        var answer = await agent.Host.CallAsync(GuestCalls.CreateContainer, request);
        if (!answer.IsAccepted(out var created, out var findings)) return findings;
        if (step["expect"]!["result"] is { } result)
        {
            Assert.Equal((bool)result["allow_stdio_access"]!, created.StdioAllowed);
            if (result["env_list"] is JsonArray kept) Assert.Equal(request.Env.Count - kept.Count, created.DroppedEnv.Count);
        }

        if (running) AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(id)));
        return null;
    }

    private static IReadOnlyList<Finding>? Refusal<T>(Verdict<T> verdict) => verdict.IsAccepted(out _, out var findings) ? null : findings;

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];

    private static ProcessCapabilities Capabilities(JsonNode input)
    {
        var sets = input["capabilities"]!;
        return new(Texts(sets["bounding"]), Texts(sets["effective"]), Texts(sets["inheritable"]), Texts(sets["permitted"]), Texts(sets["ambient"]));
    }
}
