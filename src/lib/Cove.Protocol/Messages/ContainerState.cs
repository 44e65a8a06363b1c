using System.Text.Json.Serialization;

namespace Cove.Protocol.Messages;

/// <summary>Where a container is in its life.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainerState>))]
public enum ContainerState
{
    /// <summary>Made, not started.</summary>
    Created,

    /// <summary>Its first process runs.</summary>
    Running,

    /// <summary>Its first process ended and the guest will start it again.</summary>
    Waiting,

    /// <summary>It ended for good.</summary>
    Terminated,

    /// <summary>Its processes stand still until it is resumed.</summary>
    Paused,
}
