using Cove.KeyService.Api;

namespace Cove.Services.Tests.Keys;

/// <summary>The same service with the habits of a managed HSM.</summary>
public sealed class ManagedHsmFixture : KeyServiceFixture
{
    /// <summary>Who has the administrator's role from the start.</summary>
    public const string Administrator = "first-administrator";

    internal override IReadOnlyList<string> Administrators => [Administrator];

    internal override VaultDialect Dialect => VaultDialect.ManagedHsm;
}
