using System.Text.Json.Serialization;
using Cove.Protocol.Framing;

namespace Cove.Protocol.Messages;

/// <summary>The one JSON form of the messages: camel case, nothing unknown, nothing twice, nothing missing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = ProtocolLimits.MaxJsonDepth)]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(PingResponse))]
[JsonSerializable(typeof(SetPolicyRequest))]
[JsonSerializable(typeof(SetPolicyResponse))]
[JsonSerializable(typeof(LoadFragmentRequest))]
[JsonSerializable(typeof(CreateSandboxRequest))]
[JsonSerializable(typeof(MountDeviceRequest))]
[JsonSerializable(typeof(MountDeviceResponse))]
[JsonSerializable(typeof(UnmountDeviceRequest))]
[JsonSerializable(typeof(MountOverlayRequest))]
[JsonSerializable(typeof(UnmountOverlayRequest))]
[JsonSerializable(typeof(CreateVolumeRequest))]
[JsonSerializable(typeof(CreateVolumeResponse))]
[JsonSerializable(typeof(CreateContainerRequest))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(StartContainerRequest))]
[JsonSerializable(typeof(WaitContainerRequest))]
[JsonSerializable(typeof(WaitContainerResponse))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(ExecResponse))]
[JsonSerializable(typeof(AttachRequest))]
[JsonSerializable(typeof(PauseContainerRequest))]
[JsonSerializable(typeof(ResumeContainerRequest))]
[JsonSerializable(typeof(UpdateContainerRequest))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(LogsRequest))]
[JsonSerializable(typeof(LogsResponse))]
[JsonSerializable(typeof(ShutdownContainerRequest))]
[JsonSerializable(typeof(GetPropertiesRequest))]
[JsonSerializable(typeof(GetPropertiesResponse))]
[JsonSerializable(typeof(DumpStacksRequest))]
[JsonSerializable(typeof(DumpStacksResponse))]
[JsonSerializable(typeof(TargetRequest))]
[JsonSerializable(typeof(MountWritableDeviceRequest))]
[JsonSerializable(typeof(MountScratchRequest))]
[JsonSerializable(typeof(ExecExternalRequest))]
[JsonSerializable(typeof(LogProvidersRequest))]
[JsonSerializable(typeof(ContainerExited))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(CallError))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
