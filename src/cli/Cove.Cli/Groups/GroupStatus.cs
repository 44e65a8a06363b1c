using System.Text.Json.Serialization;

namespace Cove.Cli.Groups;

/// <summary>Whether a group runs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GroupStatus>))]
internal enum GroupStatus
{
    /// <summary>Its runtime lives.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Its containers ended and everything was taken apart.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,

    /// <summary>Its runtime was killed, but the guest goes on without it.</summary>
    [JsonStringEnumMemberName("orphaned")]
    Orphaned,

    /// <summary>Its runtime and its guest are gone, and not by an orderly end.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,
}
