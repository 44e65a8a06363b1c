namespace Cove.Runtime.Network;

/// <summary>An access token of the group's managed identity.</summary>
/// <param name="Value">The compact JWT.</param>
/// <param name="ClientId">Whose token it is.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="Expires">Valid until.</param>
internal sealed record IdentityToken(string Value, string ClientId, DateTimeOffset NotBefore, DateTimeOffset Expires);
