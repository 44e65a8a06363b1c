using System.Text.Json.Serialization;

namespace Cove.KeyService.Storage;

/// <summary>One action of a rotation policy, with one of the two triggers, as ISO 8601 durations.</summary>
internal sealed record RotationAction(string Type, string? TimeAfterCreate, string? TimeBeforeExpiry)
{
    /// <summary>The other type, Notify, tells nobody here.</summary>
    [JsonIgnore]
    public bool IsRotation => Type == "Rotate";
}
