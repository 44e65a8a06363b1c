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

    /// <summary>
    /// The same in the place where virtual nodes keep every volume: <c>sandbox:///tmp/atlas/emptydir/NAME.files</c>. No empty volume has such
    /// a name, so a policy that names an empty one never meets files of the host's.
    /// </summary>
    Files,
}
