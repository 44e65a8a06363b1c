using Cove.KeyService.Api;

namespace Cove.Services.Tests.Keys;

/// <summary>The same service with the habits of a managed HSM.</summary>
public sealed class ManagedHsmFixture : KeyServiceFixture
{
    internal override VaultDialect Dialect => VaultDialect.ManagedHsm;
}
