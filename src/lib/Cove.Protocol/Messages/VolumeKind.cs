using System.Text.Json.Serialization;

namespace Cove.Protocol.Messages;

/// <summary>What a volume is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VolumeKind>))]
public enum VolumeKind
{
    /// <summary>An empty folder shared by the group: <c>sandbox:///tmp/atlas/emptydir/NAME</c>.</summary>
    EmptyDir,

    /// <summary>Files of mode 0400 in memory: <c>sandbox:///tmp/atlas/secretsVolume/NAME</c>.</summary>
    Secret,
}
