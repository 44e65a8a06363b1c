using Cove.Hosting.Errors;
using Cove.Keys.Release;

namespace Cove.KeyService.Api;

/// <summary>The habits in which Key Vault and Managed HSM differ, apart from the release answer.</summary>
internal sealed record VaultDialect
{
    public static VaultDialect Vault { get; } = new() { Name = "vault", Release = ReleaseDialect.Vault, Resource = "https://vault.azure.net" };

    public static VaultDialect ManagedHsm { get; } = new() { Name = "managed-hsm", Release = ReleaseDialect.ManagedHsm,
        Resource = "https://managedhsm.azure.net" };

    public required string Name { get; init; }

    public required ReleaseDialect Release { get; init; }

    /// <summary>The <c>resource</c> of the challenge, for which clients get their token.</summary>
    public required string Resource { get; init; }

    public bool IsManagedHsm => Release == ReleaseDialect.ManagedHsm;

    /// <summary>Errors as the service writes them: the managed HSM challenges without a body and names the request in each message.</summary>
    public byte[] WriteError(ServiceException error, string requestId)
    {
        if (!IsManagedHsm) return AzureErrors.Write(error, requestId);
        return error.Status == StatusCodes.Status401Unauthorized ? []
            : AzureErrors.Write(error.Code, $"{error.Message} (Activity ID: {requestId})", error.InnerCode);
    }

    public static VaultDialect? Find(string name) => ((VaultDialect[])[Vault, ManagedHsm]).FirstOrDefault(d => d.Name == name);
}
