namespace Cove.Keys.Release;

/// <summary>Whose habits a release answer follows. Both carry the same facts.</summary>
public enum ReleaseDialect
{
    /// <summary>Azure Key Vault: <c>kty</c> keeps its <c>-HSM</c>, header with <c>x5t</c> and <c>typ</c>.</summary>
    Vault,

    /// <summary>Azure Managed HSM: members in ordinal order, <c>kty</c> without <c>-HSM</c>.</summary>
    ManagedHsm,
}
