using System.Threading.Channels;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Client;

/// <summary>What a call with streams reads from and writes to. The streams stay the caller's; none of them is closed.</summary>
/// <param name="Input">Read to its end and sent; null sends an empty stream.</param>
/// <param name="Output">Gets standard output; null discards it.</param>
/// <param name="Error">Gets standard error; null discards it.</param>
/// <param name="Begun">Called once the guest has allowed and begun what was asked for; never, where it refuses.</param>
/// <param name="Sizes">Sizes of the call's terminal, each sent as it comes.</param>
public sealed record GuestStdio(
    Stream? Input = null, Stream? Output = null, Stream? Error = null, Action? Begun = null, ChannelReader<TerminalSize>? Sizes = null);
