using System.Text.Json.Serialization;

namespace Cove.Protocol.Messages;

/// <summary>When the guest starts a container again after its first process ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestartPolicy>))]
public enum RestartPolicy
{
    /// <summary>Not at all.</summary>
    Never,

    /// <summary>When it ended with another code than 0.</summary>
    OnFailure,

    /// <summary>Whenever it ended.</summary>
    Always,
}
