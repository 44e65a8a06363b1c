using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Release;

/// <summary>A key as the vault holds it, as far as a release is concerned.</summary>
/// <param name="Id">Name and version.</param>
/// <param name="Attributes">Whether it is enabled, exportable and in its lifetime.</param>
/// <param name="Policy">On what attestation it may leave; null denies.</param>
/// <param name="OpenMaterial">Decrypts the private key. Called only once everything else allows the release; the result is disposed at once.</param>
public sealed record ReleasableKey(KeyId Id, KeyAttributes Attributes, KeyReleasePolicy? Policy, Func<KeyMaterial> OpenMaterial);
