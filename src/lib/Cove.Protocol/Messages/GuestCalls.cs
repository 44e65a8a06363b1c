namespace Cove.Protocol.Messages;

/// <summary>Every call a host can make. To add one: its records, a row here with its types in <see cref="ProtocolJson"/>, a handler in the agent.</summary>
public static class GuestCalls
{
    /// <summary>Is the guest there?</summary>
    public static GuestCall<PingRequest, PingResponse> Ping { get; } = new(GuestMethod.Ping, static json => json.PingRequest, static json => json.PingResponse);

    /// <summary>Sets the policy, once.</summary>
    public static GuestCall<SetPolicyRequest, SetPolicyResponse> SetPolicy { get; } =
        new(GuestMethod.SetPolicy, static json => json.SetPolicyRequest, static json => json.SetPolicyResponse);

    /// <summary>Hands over a signed statement beside the policy: a fragment, a trust list, a reference info. <c>load_fragment</c>,
    /// <c>load_transparency_trust_list</c>.</summary>
    public static GuestCall<LoadFragmentRequest, Done> LoadFragment { get; } = new(GuestMethod.LoadFragment, static json => json.LoadFragmentRequest, static json => json.Done);

    /// <summary>Names the sandbox and its network identity, once.</summary>
    public static GuestCall<CreateSandboxRequest, Done> CreateSandbox { get; } =
        new(GuestMethod.CreateSandbox, static json => json.CreateSandboxRequest, static json => json.Done);

    /// <summary>Hands over and mounts a layer. Enforcement point <c>mount_device</c>.</summary>
    public static GuestCall<MountDeviceRequest, MountDeviceResponse> MountDevice { get; } =
        new(GuestMethod.MountDevice, static json => json.MountDeviceRequest, static json => json.MountDeviceResponse);

    /// <summary>Unmounts a layer. <c>unmount_device</c>.</summary>
    public static GuestCall<UnmountDeviceRequest, Done> UnmountDevice { get; } =
        new(GuestMethod.UnmountDevice, static json => json.UnmountDeviceRequest, static json => json.Done);

    /// <summary>Makes a container's root file system. <c>scratch_mount</c>, then <c>mount_overlay</c>.</summary>
    public static GuestCall<MountOverlayRequest, Done> MountOverlay { get; } =
        new(GuestMethod.MountOverlay, static json => json.MountOverlayRequest, static json => json.Done);

    /// <summary>Takes it apart. <c>unmount_overlay</c>, then <c>scratch_unmount</c>.</summary>
    public static GuestCall<UnmountOverlayRequest, Done> UnmountOverlay { get; } =
        new(GuestMethod.UnmountOverlay, static json => json.UnmountOverlayRequest, static json => json.Done);

    /// <summary>Makes a volume. No point of its own: a volume no policy's mount names cannot be reached.</summary>
    public static GuestCall<CreateVolumeRequest, CreateVolumeResponse> CreateVolume { get; } =
        new(GuestMethod.CreateVolume, static json => json.CreateVolumeRequest, static json => json.CreateVolumeResponse);

    /// <summary>Makes a container. <c>create_container</c>.</summary>
    public static GuestCall<CreateContainerRequest, CreateContainerResponse> CreateContainer { get; } =
        new(GuestMethod.CreateContainer, static json => json.CreateContainerRequest, static json => json.CreateContainerResponse);

    /// <summary>Starts it: <c>create_container</c> has decided already.</summary>
    public static GuestCall<StartContainerRequest, Done> StartContainer { get; } =
        new(GuestMethod.StartContainer, static json => json.StartContainerRequest, static json => json.Done);

    /// <summary>Waits for its end.</summary>
    public static GuestCall<WaitContainerRequest, WaitContainerResponse> WaitContainer { get; } =
        new(GuestMethod.WaitContainer, static json => json.WaitContainerRequest, static json => json.WaitContainerResponse);

    /// <summary>Runs a process in it, with streams. <c>exec_in_container</c>.</summary>
    public static GuestCall<ExecRequest, ExecResponse> Exec { get; } = new(GuestMethod.Exec, static json => json.ExecRequest, static json => json.ExecResponse);

    /// <summary>Gives its first process input, with streams: <c>create_container</c> has decided already.</summary>
    public static GuestCall<AttachRequest, Done> Attach { get; } = new(GuestMethod.Attach, static json => json.AttachRequest, static json => json.Done);

    /// <summary>Sends a signal. <c>signal_container_process</c>.</summary>
    public static GuestCall<SignalRequest, Done> Signal { get; } = new(GuestMethod.Signal, static json => json.SignalRequest, static json => json.Done);

    /// <summary>Streams its output.</summary>
    public static GuestCall<LogsRequest, LogsResponse> Logs { get; } = new(GuestMethod.Logs, static json => json.LogsRequest, static json => json.LogsResponse);

    /// <summary>Freezes it. <c>signal_container_process</c> with signal 19.</summary>
    public static GuestCall<PauseContainerRequest, Done> PauseContainer { get; } = new(GuestMethod.PauseContainer, static json => json.PauseContainerRequest, static json => json.Done);

    /// <summary>Lets it go on: the pause was decided.</summary>
    public static GuestCall<ResumeContainerRequest, Done> ResumeContainer { get; } = new(GuestMethod.ResumeContainer, static json => json.ResumeContainerRequest, static json => json.Done);

    /// <summary>Changes its limits. No point of its own, as its limits have none when it is made.</summary>
    public static GuestCall<UpdateContainerRequest, Done> UpdateContainer { get; } = new(GuestMethod.UpdateContainer, static json => json.UpdateContainerRequest, static json => json.Done);

    /// <summary>Ends it for good. <c>shutdown_container</c>.</summary>
    public static GuestCall<ShutdownContainerRequest, WaitContainerResponse> ShutdownContainer { get; } =
        new(GuestMethod.ShutdownContainer, static json => json.ShutdownContainerRequest, static json => json.WaitContainerResponse);

    /// <summary>The containers' states. <c>get_properties</c>.</summary>
    public static GuestCall<GetPropertiesRequest, GetPropertiesResponse> GetProperties { get; } =
        new(GuestMethod.GetProperties, static json => json.GetPropertiesRequest, static json => json.GetPropertiesResponse);

    /// <summary>What the agent is doing. <c>dump_stacks</c>.</summary>
    public static GuestCall<DumpStacksRequest, DumpStacksResponse> DumpStacks { get; } =
        new(GuestMethod.DumpStacks, static json => json.DumpStacksRequest, static json => json.DumpStacksResponse);

    /// <summary>Mounts writable space. <c>rw_mount_device</c>.</summary>
    public static GuestCall<MountWritableDeviceRequest, Done> MountWritableDevice { get; } = new(GuestMethod.MountWritableDevice, static json => json.MountWritableDeviceRequest, static json => json.Done);

    /// <summary>Unmounts it. <c>rw_unmount_device</c>.</summary>
    public static GuestCall<TargetRequest, Done> UnmountWritableDevice { get; } = new(GuestMethod.UnmountWritableDevice, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Asks for a raw block device. <c>mount_blockdev</c>. What the policy allows, this guest still does not do.</summary>
    public static GuestCall<TargetRequest, Done> MountBlockDevice { get; } = new(GuestMethod.MountBlockDevice, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Takes it away. <c>unmount_blockdev</c>.</summary>
    public static GuestCall<TargetRequest, Done> UnmountBlockDevice { get; } = new(GuestMethod.UnmountBlockDevice, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Mounts scratch space of its own. <c>scratch_mount</c>.</summary>
    public static GuestCall<MountScratchRequest, Done> MountScratch { get; } = new(GuestMethod.MountScratch, static json => json.MountScratchRequest, static json => json.Done);

    /// <summary>Unmounts it. <c>scratch_unmount</c>.</summary>
    public static GuestCall<TargetRequest, Done> UnmountScratch { get; } = new(GuestMethod.UnmountScratch, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Asks for a folder of the host. <c>plan9_mount</c>. What the policy allows, this guest still does not do.</summary>
    public static GuestCall<TargetRequest, Done> MountShared { get; } = new(GuestMethod.MountShared, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Takes it away. <c>plan9_unmount</c>.</summary>
    public static GuestCall<TargetRequest, Done> UnmountShared { get; } = new(GuestMethod.UnmountShared, static json => json.TargetRequest, static json => json.Done);

    /// <summary>Runs a process beside the containers, with streams. <c>exec_external</c>.</summary>
    public static GuestCall<ExecExternalRequest, ExecResponse> ExecExternal { get; } = new(GuestMethod.ExecExternal, static json => json.ExecExternalRequest, static json => json.ExecResponse);

    /// <summary>Names sources of the guest's log. <c>log_provider</c>. What the policy allows, a guest that runs Linux still does not have.</summary>
    public static GuestCall<LogProvidersRequest, Done> SetLogProviders { get; } = new(GuestMethod.SetLogProviders, static json => json.LogProvidersRequest, static json => json.Done);
}
