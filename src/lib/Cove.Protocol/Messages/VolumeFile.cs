namespace Cove.Protocol.Messages;

/// <summary>One file of a secret volume.</summary>
/// <param name="Name">A file name without <c>/</c>, not <c>.</c> or <c>..</c>.</param>
/// <param name="Content">Its bytes. Zeroed by the guest once written.</param>
public sealed record VolumeFile(string Name, byte[] Content)
{
    /// <summary>The name and the size: the content is a secret.</summary>
    public override string ToString() => $"{Name} ({Content.Length} bytes)";
}
