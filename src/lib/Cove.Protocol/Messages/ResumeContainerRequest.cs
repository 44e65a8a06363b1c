namespace Cove.Protocol.Messages;

/// <summary>Lets a paused container go on. Whoever was allowed to pause it may.</summary>
/// <param name="ContainerId">The container.</param>
public sealed record ResumeContainerRequest(string ContainerId);
