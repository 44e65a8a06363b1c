using Cove.Formats.Jose;
using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;

namespace Cove.Keys.Release;

/// <summary>A key as the vault holds it, as far as a release is concerned.</summary>
/// <param name="Id">Name and version.</param>
/// <param name="Attributes">Whether it is enabled, exportable and in its lifetime.</param>
/// <param name="Policy">On what attestation it may leave; null denies.</param>
/// <param name="OpenPrivateKey">Decrypts the private key. Called only once everything else allows the release; the result is disposed at once.</param>
public sealed record ReleasableKey(KeyId Id, KeyAttributes Attributes, KeyReleasePolicy? Policy, Func<Jwk> OpenPrivateKey);
