using System.Security.Cryptography;
using Cove.Agent.Containers;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Formats.InitData;
using Cove.Guest.Attesters;
using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Enforcement;
using Cove.Policy.Fragments;
using Cove.Protocol.Messages;

namespace Cove.Agent.Policy;

/// <summary>
/// The door between what a host asks and what the agent does. Closed until a policy is set whose hash the hardware vouches for; after that
/// every act goes through a decision, and the policy's memory of it is taken back where the act fails.
/// </summary>
internal sealed class PolicyGate(Func<IAttester?> attester, AgentLog log) : IDisposable
{
    private readonly SemaphoreSlim setting = new(1, 1);
    private readonly PolicyEnforcer enforcer = new();

    public bool IsSet => enforcer.IsSet;

    /// <summary>Why nothing is allowed yet; null once a policy is set.</summary>
    public Finding? Closed { get; private set; } =
        new("policy-not-set", "policy", "a policy set before anything else", "none", "container-policy §4.2");

    /// <summary>The policy as the host sent it.</summary>
    public string PolicyBase64 { get; private set; } = "";

    /// <summary>What the host sent along for containers.</summary>
    public SecurityContext? SecurityContext { get; private set; }

    /// <summary>Signed statements about machine and platform, base64, that are passed on to containers; empty where none was sent. The last one counts.</summary>
    public (string Tcb, string Platform) ReferenceInfos { get; private set; } = ("", "");

    public void Dispose() => setting.Dispose();

    /// <summary>Sets the policy, once, if the report's HOST_DATA is its hash (container-policy §1.2). A machine without evidence gets no policy.</summary>
    public async Task<Verdict<SetPolicyResponse>> SetAsync(SetPolicyRequest request, CancellationToken cancellation)
    {
        var (text, expected) = request.IsInitData ? ReadInitData(request.Policy) : ReadPolicy(request.Policy);
        await setting.WaitAsync(cancellation);
        try
        {
            if (IsSet) return new Finding("policy-already-set", "policy", "set once in the life of a guest", "set before", "container-policy §1.2");
            var hostData = await HostDataAsync(cancellation);
            if (!CryptographicOperations.FixedTimeEquals(hostData.Span, expected.Span))
            {
                return new Finding(
                    "host-data-mismatch", "HOST_DATA", Convert.ToHexStringLower(hostData.Span), Convert.ToHexStringLower(expected.Span), "container-policy §1.2");
            }

            if (!enforcer.SetPolicy(text).IsAccepted(out _, out var findings)) return findings.ToList();
            var logging = enforcer.RuntimeLogging().IsAllowed(out _, out _);
            if (logging) log.Allow();
            (PolicyBase64, SecurityContext, Closed) = (text.Base64, request.SecurityContext, null);
            return new SetPolicyResponse(Convert.ToHexStringLower(expected.Span), logging);
        }
        finally
        {
            setting.Release();
        }
    }

    /// <summary>Takes in a statement whose signature and issuer hold, if the policy lets it in (container-policy §2.6).</summary>
    public Verdict<Done> LoadFragment(LoadFragmentRequest request)
    {
        var signed = SignedStatement.Parse(Decode(request.Statement));
        if (!signed.Verify().IsAccepted(out var verified, out var findings)) return findings.ToList();
        switch (request.MediaType)
        {
            case "" or FragmentMediaTypes.Fragment:
                return Do(() => enforcer.LoadFragment(verified), () => new Done());
            case FragmentMediaTypes.TrustList:
                return Do(() => enforcer.LoadTrustList(verified), () => new Done());
            case FragmentMediaTypes.TcbReferenceInfo:
                ReferenceInfos = ReferenceInfos with { Tcb = request.Statement };
                return new Done();
            case FragmentMediaTypes.PlatformReferenceInfo:
                ReferenceInfos = ReferenceInfos with { Platform = request.Statement };
                return new Done();
            default:
                throw new MalformedException("signed statement", "mediaType", $"is \"{request.MediaType}\", which a guest does not take in");
        }
    }

    private static (PolicyText Text, ReadOnlyMemory<byte> HostData) ReadPolicy(string base64)
    {
        var text = PolicyText.FromBase64(base64);
        return (text, text.HostData);
    }

    private static (PolicyText Text, ReadOnlyMemory<byte> HostData) ReadInitData(string base64)
    {
        var document = InitDataDocument.Parse(Decode(base64));
        return (PolicyText.FromText(document.Policy), document.HostData);
    }

    private static byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException bad)
        {
            throw new MalformedException("signed statement", "statement", "is not base64", inner: bad);
        }
    }

    /// <param name="rootHash">What the guest computed itself from the bytes that it mounts.</param>
    public Verdict<MountDeviceResponse> MountDevice(string target, string rootHash, Func<MountDeviceResponse> act) =>
        Do(() => enforcer.MountDevice(target, rootHash), act);

    public Verdict<Done> UnmountDevice(string target, Func<Done> act) => Do(() => enforcer.UnmountDevice(target), act);

    /// <summary>The writable layer lies in the guest's own memory, which is what the policy language calls encrypted.</summary>
    public Verdict<Done> MountOverlay(MountOverlayRequest request, Func<Done> act) => Do(
        () => enforcer.MountScratch(request.ScratchPath, encrypted: true) is PolicyDecision<Granted>.Denied denied
            ? denied
            : enforcer.MountOverlay(request.ContainerId, request.Layers, request.Target),
        act);

    public Verdict<Done> UnmountOverlay(string target, string scratch, Func<Done> act) => Do(
        () => enforcer.UnmountOverlay(target) is PolicyDecision<Granted>.Denied denied ? denied : enforcer.UnmountScratch(scratch), act);

    public Verdict<Done> MountWritableDevice(MountWritableDeviceRequest request, Func<Done> act) => Do(
        () => enforcer.MountWritableDevice(new(request.Target, request.Encrypted, request.EnsureFilesystem, request.Filesystem)), act);

    public Verdict<Done> UnmountWritableDevice(string target, Func<Done> act) => Do(() => enforcer.UnmountWritableDevice(target), act);

    public Verdict<Done> MountBlockDevice(string target, Func<Done> act) => Do(() => enforcer.MountBlockDevice(target), act);

    public Verdict<Done> UnmountBlockDevice(string target, Func<Done> act) => Do(() => enforcer.UnmountBlockDevice(target), act);

    public Verdict<Done> MountScratch(string target, bool encrypted, Func<Done> act) => Do(() => enforcer.MountScratch(target, encrypted), act);

    public Verdict<Done> UnmountScratch(string target, Func<Done> act) => Do(() => enforcer.UnmountScratch(target), act);

    public Verdict<Done> MountShared(string target, Func<Done> act) => Do(() => enforcer.MountShared(target), act);

    public Verdict<Done> UnmountShared(string target, Func<Done> act) => Do(() => enforcer.UnmountShared(target), act);

    public Verdict<Done> HostNetwork() => Do(enforcer.HostNetwork, () => new Done());

    public Verdict<Done> LogProviders(IReadOnlyList<string> providers, Func<IReadOnlyList<string>, Done> act) =>
        Do(() => enforcer.LogProviders(providers), act);

    public Task<Verdict<T>> ExecExternalAsync<T>(ExecExternalRequest request, Func<ContainerDecision, Task<Verdict<T>>> act) => DoAsync(
        () => enforcer.ExecExternal(new ProcessRequest
        {
            Command = request.Args,
            Environment = request.Env,
            WorkingDirectory = request.WorkingDirectory,
            User = new Identity("0", "root"),
        }),
        allowance => act(allowance.ToDecision()));

    public Task<Verdict<CreateContainerResponse>> CreateContainerAsync(
        ProposedContainer proposed, Func<ContainerDecision, Task<Verdict<CreateContainerResponse>>> act) =>
        DoAsync(() => enforcer.CreateContainer(proposed.ToPolicy()), allowance => act(allowance.ToDecision()));

    public Task<Verdict<RunningExec>> ExecAsync(string containerId, ProcessSpec process, Func<ContainerDecision, Task<Verdict<RunningExec>>> act) =>
        DoAsync(() => enforcer.ExecInContainer(containerId, process.ToPolicy()), allowance => act(allowance.ToDecision()));

    public Verdict<Done> Signal(string containerId, int signal, bool first, IReadOnlyList<string> args, Func<Done> act) =>
        Do(() => enforcer.SignalProcess(new(containerId, signal, first, args)), act);

    public Verdict<Container> Shutdown(string containerId, Func<Container> act) => Do(() => enforcer.ShutdownContainer(containerId), act);

    public Verdict<GetPropertiesResponse> GetProperties(Func<GetPropertiesResponse> act) => Do(enforcer.GetProperties, act);

    public Verdict<DumpStacksResponse> DumpStacks(Func<DumpStacksResponse> act) => Do(enforcer.DumpStacks, act);

    private Verdict<T> Do<T>(Func<PolicyDecision<Granted>> decide, Func<T> act) => Do(decide, _ => act());

    private Verdict<T> Do<TAnswer, T>(Func<PolicyDecision<TAnswer>> decide, Func<TAnswer, T> act)
    {
        using var transaction = enforcer.Begin();
        if (!decide().IsAllowed(out var answer, out var denial)) return Reject(denial);
        var done = act(answer);
        transaction.Commit();
        return done;
    }

    /// <param name="act">May still refuse, for what the policy says beside its decision.</param>
    private async Task<Verdict<T>> DoAsync<T>(Func<PolicyDecision<ProcessAllowance>> decide, Func<ProcessAllowance, Task<Verdict<T>>> act)
    {
        using var transaction = enforcer.Begin();
        if (!decide().IsAllowed(out var allowance, out var denial)) return Reject(denial);
        var done = await act(allowance);
        if (done.IsAccepted(out _, out _)) transaction.Commit();
        return done;
    }

    /// <summary>The findings for people, and last the denial object for tools that know Azure's guests (container-policy §2.3).</summary>
    private static List<Finding> Reject(PolicyDenial denial) =>
        [.. denial.Findings, new Finding("policy-decision", denial.Point, "allowed", denial.Message, "container-policy §2.3")];

    private async Task<ReadOnlyMemory<byte>> HostDataAsync(CancellationToken cancellation)
    {
        var source = attester() ?? throw new UnavailableException("secure processor", "this machine has none, so no policy can be vouched for");
        var evidence = await source.GetEvidenceAsync(new ReportData(new byte[ReportData.Size]), cancellation);
        if (evidence.Format != EvidenceFormat.SnpReport)
            throw new UnavailableException(source.Source, $"its evidence ({evidence.Format}) has no HOST_DATA");
        return SnpReport.Parse(evidence.Bytes.Span).HostData.ToArray();
    }
}
