using Cove.Outcomes;
using Cove.Policy.Explanation;
using Cove.Policy.Fragments;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>
/// A guest's door: closed until a policy is set, which happens once; then every act is asked about first. One method an enforcement point (spec §2).
/// Safe for concurrent use; calls are answered one after another.
/// </summary>
public sealed class PolicyEnforcer
{
    private const string LayerPathPattern = "/run/mounts/scsi/m[0-9]+";

    private readonly Lock gate = new();
    private readonly List<PolicyMount> furtherMounts = [];
    private readonly Dictionary<string, bool> stdio = new(StringComparer.Ordinal);
    private readonly FragmentDoor fragments = new();
    private EnforcementEngine? engine;
    private bool inTransaction;

    /// <summary>Whether a policy was set. Until then everything is denied.</summary>
    public bool IsSet
    {
        get
        {
            lock (gate) return engine is not null;
        }
    }

    /// <summary>
    /// Sets the policy, once in the life of a guest. Whether it is the right one is for the caller to check against <c>HOST_DATA</c>.
    /// </summary>
    /// <returns>Rejected where one was set before.</returns>
    /// <exception cref="MalformedException">The text is not a policy; none is set then.</exception>
    public Verdict<Granted> SetPolicy(PolicyText policy)
    {
        lock (gate)
        {
            if (engine is not null)
                return new Finding("policy-already-set", "policy", "set once in the life of a guest", "set before", "container-policy §1.2");
            try
            {
                engine = new EnforcementEngine(policy.Text, PolicyData.Create(furtherMounts));
            }
            catch (EnforcementException e)
            {
                throw new MalformedException("policy", "text", e.Message, inner: e);
            }

            return Granted.Instance;
        }
    }

    /// <summary>Adds mounts that every container may have: those of the guest's own networking (spec §4.5).</summary>
    public void AddDefaultMounts(IEnumerable<PolicyMount> mounts)
    {
        lock (gate)
        {
            furtherMounts.AddRange(mounts.Where(mount => !furtherMounts.Exists(known =>
                (known.Destination, known.Source, known.Type) == (mount.Destination, mount.Source, mount.Type)
                && known.Options.SequenceEqual(mount.Options, StringComparer.Ordinal))));
            if (engine is not null) engine.Facts = PolicyData.Create(furtherMounts);
        }
    }

    /// <summary>Opens a transaction around an act: what the policy remembers from here on is taken back unless it is committed.</summary>
    /// <exception cref="InvalidOperationException">One is open: acts are done one after another.</exception>
    public PolicyTransaction Begin()
    {
        lock (gate)
        {
            if (inTransaction) throw new InvalidOperationException("a policy transaction is open");
            inTransaction = true;
            var (before, ledgers) = (engine?.Metadata.State, fragments.Ledgers);
            return new PolicyTransaction(keep =>
            {
                lock (gate)
                {
                    inTransaction = false;
                    if (keep || before is null) return;
                    engine!.Metadata.State = before;
                    fragments.Ledgers = ledgers;
                }
            });
        }
    }

    /// <summary>Asks whether a read-only layer may be mounted.</summary>
    /// <param name="target">Where.</param>
    /// <param name="rootHash">Its dm-verity root hash, which the guest computed itself: 64 lower-case hexadecimal digits.</param>
    /// <param name="pathPattern">The pattern that the target must have.</param>
    public PolicyDecision<Granted> MountDevice(string target, string rootHash, string pathPattern = LayerPathPattern) =>
        Grant("mount_device", RegoObject.Of(
        ("target", RegoValue.Of(target)), ("deviceHash", RegoValue.Of(rootHash)), ("mountPathRegex", RegoValue.Of(pathPattern))));

    /// <summary>Asks whether a read-only layer may be unmounted.</summary>
    public PolicyDecision<Granted> UnmountDevice(string target) => Grant("unmount_device", Unmount(target));

    /// <summary>Asks whether a writable device may be mounted.</summary>
    public PolicyDecision<Granted> MountWritableDevice(WritableDeviceRequest request) => Grant("rw_mount_device", RegoObject.Of(
        ("target", RegoValue.Of(request.Target)),
        ("encrypted", RegoValue.Of(request.Encrypted)),
        ("ensureFilesystem", RegoValue.Of(request.EnsureFilesystem)),
        ("filesystem", RegoValue.Of(request.Filesystem)),
        ("mountPathRegex", RegoValue.Of(request.PathPattern))));

    /// <summary>Asks whether a writable device may be unmounted.</summary>
    public PolicyDecision<Granted> UnmountWritableDevice(string target) => Grant("rw_unmount_device", Unmount(target));

    /// <summary>Asks whether a raw block device may be given to a container.</summary>
    public PolicyDecision<Granted> MountBlockDevice(string target) => Grant("mount_blockdev", RegoObject.Of(("target", RegoValue.Of(target))));

    /// <summary>Asks whether a raw block device may be taken away.</summary>
    public PolicyDecision<Granted> UnmountBlockDevice(string target) => Grant("unmount_blockdev", Unmount(target));

    /// <summary>Asks whether layers may become the root file system of a container.</summary>
    /// <param name="containerId">The container.</param>
    /// <param name="layerPaths">Where its layers are mounted, <b>top layer first</b>.</param>
    /// <param name="target">Where the whole is to appear.</param>
    public PolicyDecision<Granted> MountOverlay(string containerId, IReadOnlyList<string> layerPaths, string target) =>
        Grant("mount_overlay", RegoObject.Of(
        ("containerID", RegoValue.Of(containerId)), ("layerPaths", ToRego.Texts(layerPaths)), ("target", RegoValue.Of(target))));

    /// <summary>Asks whether a root file system may be unmounted.</summary>
    public PolicyDecision<Granted> UnmountOverlay(string target) => Grant("unmount_overlay", Unmount(target));

    /// <summary>Asks whether scratch space may be mounted.</summary>
    public PolicyDecision<Granted> MountScratch(string target, bool encrypted) =>
        Grant("scratch_mount", RegoObject.Of(("target", RegoValue.Of(target)), ("encrypted", RegoValue.Of(encrypted))));

    /// <summary>Asks whether scratch space may be unmounted.</summary>
    public PolicyDecision<Granted> UnmountScratch(string target) => Grant("scratch_unmount", Unmount(target));

    /// <summary>Asks whether a directory that the host shares may be mounted.</summary>
    public PolicyDecision<Granted> MountShared(string target, string rootPrefix = "/run/gcs/c", string pathPrefix = "/mounts/m[0-9]+") =>
        Grant("plan9_mount", RegoObject.Of(
        ("target", RegoValue.Of(target)), ("rootPrefix", RegoValue.Of(rootPrefix)), ("mountPathPrefix", RegoValue.Of(pathPrefix))));

    /// <summary>Asks whether a directory that the host shares may be unmounted.</summary>
    public PolicyDecision<Granted> UnmountShared(string target) => Grant("plan9_unmount", Unmount(target));

    /// <summary>Asks whether a container may be created, and with what.</summary>
    public PolicyDecision<ProcessAllowance> CreateContainer(CreateContainerRequest request) =>
        Decide("create_container", ToRego.Request(request), answer =>
    {
        var access = PolicyReader.Flag(answer["allow_stdio_access"]);
        stdio[request.ContainerId] = access;
        return Allowance(request.Process, answer, access);
    });

    /// <summary>
    /// Asks whether a further process may run in a container, and with what. It has its container's answer about standard input and output.
    /// </summary>
    public PolicyDecision<ProcessAllowance> ExecInContainer(string containerId, ProcessRequest process) => Decide(
        "exec_in_container", ToRego.Request(containerId, process), answer => Allowance(process, answer, stdio.GetValueOrDefault(containerId)));

    /// <summary>Asks whether a process may run beside the containers, in the guest itself.</summary>
    public PolicyDecision<ProcessAllowance> ExecExternal(ProcessRequest process) => Decide(
        "exec_external",
        RegoObject.Of(("argList", ToRego.Texts(process.Command)), ("envList", ToRego.Texts(process.Environment)), ("workingDir", RegoValue.Of(process.WorkingDirectory))),
        answer => Allowance(process, answer, PolicyReader.Flag(answer["allow_stdio_access"])));

    /// <summary>Asks whether a container may be ended.</summary>
    public PolicyDecision<Granted> ShutdownContainer(string containerId) =>
        Grant("shutdown_container", RegoObject.Of(("containerID", RegoValue.Of(containerId))));

    /// <summary>Asks whether a process may be sent a signal.</summary>
    public PolicyDecision<Granted> SignalProcess(SignalRequest request) => Grant("signal_container_process", RegoObject.Of(
        ("containerID", RegoValue.Of(request.ContainerId)),
        ("signal", RegoValue.Of(request.Signal)),
        ("isInitProcess", RegoValue.Of(request.IsInitProcess)),
        ("argList", ToRego.Texts(request.Command))));

    /// <summary>Asks whether the host may see process lists and statistics.</summary>
    public PolicyDecision<Granted> GetProperties() => Grant("get_properties", RegoObject.Empty);

    /// <summary>Asks whether the host may have the guest's stacks.</summary>
    public PolicyDecision<Granted> DumpStacks() => Grant("dump_stacks", RegoObject.Empty);

    /// <summary>Asks whether the guest's own log may leave it.</summary>
    public PolicyDecision<Granted> RuntimeLogging() => Grant("runtime_logging", RegoObject.Empty);

    /// <summary>Asks whether containers may use the guest's own network.</summary>
    public PolicyDecision<Granted> HostNetwork() => Grant("host_network", RegoObject.Empty);

    /// <summary>Asks which sources the guest's own log may be forwarded from (spec §2.5).</summary>
    /// <returns>The names that may stay, in the order asked for.</returns>
    public PolicyDecision<IReadOnlyList<string>> LogProviders(IReadOnlyList<string> providers) => Decide(
        "log_provider",
        RegoObject.Of(("providers", ToRego.Texts(providers))),
        answer => answer["providers_to_keep"] is null or { Kind: RegoKind.Null } ? providers : Both(providers, answer["providers_to_keep"]));

    /// <summary>Asks whether a fragment may add to the policy, and adds it (spec §2.6). It is taken in whole or not at all.</summary>
    /// <exception cref="MalformedException">Its payload is not UTF-8.</exception>
    public PolicyDecision<Granted> LoadFragment(VerifiedStatement fragment) => Take("load_fragment", engine => fragments.LoadFragment(engine, fragment));

    /// <summary>Asks whether a list of ledgers may be trusted, and takes over the keys of those that it may speak for (spec §2.6).</summary>
    /// <exception cref="MalformedException">Its payload is no such list.</exception>
    public PolicyDecision<Granted> LoadTrustList(VerifiedStatement list) =>
        Take("load_transparency_trust_list", engine => fragments.LoadTrustList(engine, list));

    private PolicyDecision<Granted> Take(string point, Func<EnforcementEngine, (RegoObject Input, Ruling Ruling)> load)
    {
        lock (gate)
        {
            if (engine is null) return new PolicyDecision<Granted>.Denied(Closed(point, RegoObject.Empty));
            var (input, ruling) = load(engine);
            return ruling is Ruling.Allowed
                ? new PolicyDecision<Granted>.Allowed(Granted.Instance)
                : new PolicyDecision<Granted>.Denied(Denial(engine, point, input, ruling));
        }
    }

    private static RegoObject Unmount(string target) => RegoObject.Of(("unmountTarget", RegoValue.Of(target)));

    private PolicyDecision<Granted> Grant(string point, RegoObject input) => Decide(point, input, _ => Granted.Instance);

    private PolicyDecision<T> Decide<T>(string point, RegoObject input, Func<RegoObject, T> allow)
    {
        lock (gate)
        {
            if (engine is null) return new PolicyDecision<T>.Denied(Closed(point, input));
            var ruling = engine.Ask(point, input);
            return ruling is Ruling.Allowed allowed
                ? new PolicyDecision<T>.Allowed(allow(allowed.Answer))
                : new PolicyDecision<T>.Denied(Denial(engine, point, input, ruling));
        }
    }

    private static PolicyDenial Closed(string point, RegoObject input) => new()
    {
        Point = point,
        Errors = [],
        PolicyError = "no policy has been set",
        Findings = [new Finding("policy-not-set", "policy", "a policy set before anything else", "none", "container-policy §4.2")],
        Message = DenialObject.ForError(input, "no policy has been set"),
    };

    internal static PolicyDenial Denial(EnforcementEngine engine, string point, RegoObject input, Ruling ruling) => new()
    {
        Point = point,
        Errors = ruling is Ruling.Denied denied ? denied.Errors : [],
        PolicyError = (ruling as Ruling.Failed)?.Error,
        Findings = new DenialExplainer(engine).Explain(point, input, ruling),
        Message = ruling is Ruling.Failed failed
            ? DenialObject.ForError(input, failed.Error)
            : DenialObject.ForReason(point, input, (ruling as Ruling.Denied)?.Reason),
    };

    // Absent or null means "as asked"; otherwise only what is in both, in the order asked for (spec §2.9).
    private static ProcessAllowance Allowance(ProcessRequest process, RegoObject answer, bool stdioAccess)
    {
        var environment = answer["env_list"] switch
        {
            null or { Kind: RegoKind.Null } => process.Environment,
            var kept => Both(process.Environment, kept),
        };
        var capabilities = answer["caps_list"] is RegoObject sets
            ? new CapabilitySets(
                Both(process.Capabilities.Ambient, sets["ambient"]),
                Both(process.Capabilities.Bounding, sets["bounding"]),
                Both(process.Capabilities.Effective, sets["effective"]),
                Both(process.Capabilities.Inheritable, sets["inheritable"]),
                Both(process.Capabilities.Permitted, sets["permitted"]))
            : process.Capabilities;
        return new ProcessAllowance(environment, capabilities, stdioAccess);
    }

    private static IReadOnlyList<string> Both(IReadOnlyList<string> asked, RegoValue? kept)
    {
        var allowed = Members(kept);
        return [.. asked.Where(allowed.Contains)];
    }

    private static HashSet<string> Members(RegoValue? list) =>
    [
        .. (list switch
        {
            RegoArray array => array.AsSpan().ToArray(),
            RegoSet set => set.AsSpan().ToArray(),
            _ => [],
        }).OfType<RegoString>().Select(text => text.Value),
    ];
}
