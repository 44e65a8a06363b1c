namespace Cove.Protocol.Messages;

/// <summary>
/// What a machine's network card is to be called on the network that its host gave it. A guest believes none of it to be safe: it decides only
/// where packets go.
/// </summary>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="PrefixLength">Bits of the address that name the network, 0 to 32.</param>
/// <param name="Gateway">Where everything else goes; null for nowhere.</param>
/// <param name="Mtu">Longest packet in bytes, 576 to 65535.</param>
public sealed record SandboxNetwork(string Address, int PrefixLength, string? Gateway = null, int Mtu = 1500);
