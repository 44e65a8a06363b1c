using System.Text;
using System.Text.Json.Nodes;
using Cove.Agent.Tests.Support;
using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;
using Cove.Tests;

namespace Cove.Agent.Tests.Flow;

/// <summary>
/// The scenarios that the reference framework decided, as a host would have them: every step against the real agent, with real layers, signed
/// fragments and running containers, and every denial's sentences word for word.
/// </summary>
public sealed class ScenarioTests
{
    private const string RecordedIssuer = "did:x509:0:sha256:AAAA::eku:1.2.3";
    private static readonly string SandboxId = new('0', 64);

    /// <summary>A number that no call has: the only way to ask for a point that does not exist.</summary>
    private static readonly GuestCall<PingRequest, PingResponse> NoCall = new((GuestMethod)4711, static json => json.PingRequest, static json => json.PingResponse);

    /// <summary>
    /// Failures after the policy allowed: the recording never did what it asked about, the agent does. No process of that name runs, a volume or a
    /// layer was never made, a machine without every capability cannot make a privileged container, the guest has no means or finds something in the way.
    /// </summary>
    private static readonly string[] AfterTheDecision =
        ["process-not-running", "volume-unknown", "mount-unknown", "create-failed", "not-supported", "mount-exists", "working-directory-relative"];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 44)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Every_step_comes_out_as_recorded(int number)
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
        if (steps.Exists(step => (string)step["point"]! is "mount_overlay" or "create_container"))
        {
            AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateSandbox, new CreateSandboxRequest(SandboxId, "scenario")));
            AgentUnderTest.Accepted(await agent.Host.CallAsync(GuestCalls.CreateVolume, new CreateVolumeRequest("v", VolumeKind.EmptyDir, [])));
        }

        var running = steps.Exists(step => (string)step["point"]! is "exec_in_container" or "signal_container_process");
        foreach (var step in steps)
        {
            switch ((string)step["point"]!)
            {
                case "runtime_logging":
                    Assert.Equal((bool)step["expect"]!["allowed"]!, set.RuntimeLogging);
                    break;
                case "nonexistent_point":
                    await Assert.ThrowsAsync<MalformedException>(() => agent.Host.CallAsync(NoCall, new PingRequest()));
                    break;
                default:
                    // What would be asked of a container that this machine cannot make is not asked.
                    if (!await CheckAsync(agent, layers, authority, step, running)) return;
                    break;
            }
        }
    }

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
            Assert.True(expected.Allowed && AfterTheDecision.Contains(failed.Code, StringComparer.Ordinal), $"{failed.Code} {failed.Message}: {what}");
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
            case "rw_mount_device":
                return Refusal(await agent.Host.CallAsync(GuestCalls.MountWritableDevice, new MountWritableDeviceRequest(
                    (string)input["target"]!, (bool)input["encrypted"]!, (bool)input["ensureFilesystem"]!, (string)input["filesystem"]!)));
            case "rw_unmount_device":
                return Refusal(await agent.Host.CallAsync(GuestCalls.UnmountWritableDevice, new TargetRequest((string)input["unmountTarget"]!)));
            case "mount_blockdev":
                return Refusal(await agent.Host.CallAsync(GuestCalls.MountBlockDevice, new TargetRequest((string)input["target"]!)));
            case "unmount_blockdev":
                return Refusal(await agent.Host.CallAsync(GuestCalls.UnmountBlockDevice, new TargetRequest((string)input["unmountTarget"]!)));
            case "scratch_mount":
                return Refusal(await agent.Host.CallAsync(GuestCalls.MountScratch, new MountScratchRequest((string)input["target"]!, (bool)input["encrypted"]!)));
            case "exec_external":
                return Refusal(await agent.Host.CallAsync(
                    GuestCalls.ExecExternal, new ExecExternalRequest(Texts(input["argList"]), Texts(input["envList"]), (string)input["workingDir"]!),
                    new GuestStdio(Input: Stream.Null)));
            case "host_network":
                return Refusal(await agent.Host.CallAsync(
                    GuestCalls.CreateContainer, new Protocol.Messages.CreateContainerRequest(new string('9', 64), ["/app"], [], "/", HostNetwork: true)));
            case "log_provider":
                return Refusal(await agent.Host.CallAsync(GuestCalls.SetLogProviders, new LogProvidersRequest(Texts(input["providers"]))));
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
            id, Texts(input["argList"]), Texts(input["envList"]), (string)input["workingDir"]!, User(input),
            [.. input["groups"]!.AsArray().Skip(1).Select(group => uint.Parse((string)group!["id"]!))], (string)input["umask"]!,
            [.. input["mounts"]!.AsArray().Select(mount => new ContainerMount((string)mount!["destination"]!, (string)mount["source"]!, (string)mount["type"]!, Texts(mount["options"])))],
            Capabilities(input), (bool)input["noNewPrivileges"]!, (bool)input["privileged"]!, SandboxContainer: (bool)input["isSandboxContainer"]!,
            Devices: [.. input["devices"]!.AsArray().Select(device => (string)device!["path"]!)]);
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

    // Of a process without any group Linux knows nothing: such a step is asked with the group that the container's own files give its user.
    private static string User(JsonNode input)
    {
        var user = (string)input["user"]!["id"]!;
        return input["groups"]!.AsArray() is [{ } primary, ..] ? $"{user}:{(string)primary["id"]!}" : user;
    }

    private static IReadOnlyList<Finding>? Refusal<T>(Verdict<T> verdict) => verdict.IsAccepted(out _, out var findings) ? null : findings;

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => (string)item!)];

    private static ProcessCapabilities Capabilities(JsonNode input)
    {
        var sets = input["capabilities"]!;
        return new(Texts(sets["bounding"]), Texts(sets["effective"]), Texts(sets["inheritable"]), Texts(sets["permitted"]), Texts(sets["ambient"]));
    }
}
