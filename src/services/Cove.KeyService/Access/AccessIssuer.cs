using Cove.Formats.Jose;

namespace Cove.KeyService.Access;

/// <summary>An issuer of access tokens that this service was told to believe, and its public keys.</summary>
internal sealed record AccessIssuer(string Issuer, Jwks Keys);
