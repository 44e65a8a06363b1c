namespace Cove.Sidecar.Release;

/// <summary>Whom an access token is for: the two kinds of vault have one audience each, told apart by the vault's name.</summary>
internal static class VaultAudience
{
    public static string Of(string vaultEndpoint) => vaultEndpoint.Contains("managedhsm", StringComparison.Ordinal)
        ? "https://managedhsm.azure.net"
        : "https://vault.azure.net";
}
