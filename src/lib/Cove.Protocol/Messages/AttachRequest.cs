namespace Cove.Protocol.Messages;

/// <summary>
/// Sends a container's first process its input, or what is typed at its terminal with the terminal's sizes. Ends with the container, or where it
/// has no terminal, with the input. Its output is <see cref="GuestCalls.Logs"/>.
/// </summary>
/// <param name="ContainerId">A container that was made with an input or a terminal.</param>
public sealed record AttachRequest(string ContainerId);
