using Cove.Keys.ReleasePolicy;

namespace Cove.KeyService.Authorities;

/// <summary>An attestation service whose tokens count, and the certificate authority under which its own certificate must be.</summary>
/// <param name="Url">The service.</param>
/// <param name="CertificateAuthorityFile">PEM file of root certificates; null for those of the operating system.</param>
internal sealed record AuthorityPin(AuthorityUrl Url, string? CertificateAuthorityFile);
