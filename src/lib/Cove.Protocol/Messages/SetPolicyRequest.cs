using System.Text.Json.Serialization;

namespace Cove.Protocol.Messages;

/// <summary>Sets the execution policy, once in the life of a guest (container-policy §1.2, §4.2).</summary>
/// <param name="Policy">The Rego text, standard base64 with padding; SHA-256 of the decoded bytes must be the report's HOST_DATA.</param>
/// <param name="SecurityContext">What the guest passes on to containers without judging it.</param>
/// <param name="IsInitData">Whether <paramref name="Policy"/> is instead an init data document that carries it; then HOST_DATA must be the document's digest.</param>
public sealed record SetPolicyRequest(
    string Policy,
    SecurityContext? SecurityContext = null,
    // Left out where it says nothing: guest images from before it know no such member, and refuse what they do not know.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsInitData = false);
