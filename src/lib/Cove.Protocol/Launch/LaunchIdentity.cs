namespace Cove.Protocol.Launch;

/// <summary>The managed identity whose tokens the group gets at the metadata address.</summary>
/// <param name="KeyFile">PEM file with the development issuer's private key.</param>
/// <param name="KeyId">The <c>kid</c> of that key.</param>
/// <param name="Issuer">The <c>iss</c> of the tokens.</param>
/// <param name="Subject">Whose tokens they are.</param>
/// <param name="Roles">What it may do, e.g. <c>key-release</c>.</param>
public sealed record LaunchIdentity(string KeyFile, string KeyId, string Issuer, string Subject, IReadOnlyList<string> Roles);
