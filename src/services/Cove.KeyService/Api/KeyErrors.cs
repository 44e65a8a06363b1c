using Cove.Hosting.Errors;
using Cove.Keys.Vault;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>The errors of the key operations, with the statuses, codes and texts that the real services give.</summary>
internal static class KeyErrors
{
    private const string BadParameterCode = "BadParameter";

    public static ServiceException BadParameter(string message) => new(400, BadParameterCode, message);

    public static ServiceException Unfit(string keyType, string algorithm) => BadParameter($"alg {algorithm} does not fit a key of type {keyType}.");

    public static ServiceException NotPermitted(string message, string innerCode) => new(403, "Forbidden", message, innerCode);

    public static ServiceException NotFound(KeyId id)
        => new(404, "KeyNotFound",
        $"A key with (name/id) {id} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.");

    public static ServiceException DeletedNotFound(string name) => new(404, "KeyNotFound", $"Deleted Key not found: {name}");

    public static ServiceException IsDeleted(string name)
        => new(409, "Conflict",
        $"Key {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.", "ObjectIsDeletedButRecoverable");

    public static ServiceException Exists(string name) => new(409, "Conflict", $"Key {name} already exists: it cannot be restored over.");

    public static ServiceException ExportableDiffers()
        => BadParameter("AKV.SKR.1003: The exportable attribute must be the same for all versions of a key.");

    public static ServiceException ExportableNeedsPolicy(VaultDialect dialect)
        => BadParameter($"{(dialect.IsManagedHsm ? "" : "AKV.SKR.1004: ")}Exportable keys must have release policy{(dialect.IsManagedHsm ? "" : ".")}");

    public static ServiceException PolicyNeedsExportable(VaultDialect dialect)
        => BadParameter($"{(dialect.IsManagedHsm ? "" : "AKV.SKR.1005: ")}Non-exportable keys must not have release policy{(dialect.IsManagedHsm ? "" : ".")}");

    public static ServiceException ExportableNeedsHsm()
        => BadParameter("AKV.SKR.1006: The exportable attribute needs an HSM key type: RSA-HSM, EC-HSM or oct-HSM.");

    public static ServiceException ExportableIsFixed() => BadParameter("AKV.SKR.1014: Cannot modify the exportable state of a key.");

    public static ServiceException PolicyIsForTheWholeKey()
        => BadParameter("AKV.SKR.1016: The release policy may only be set on the key without a version.");

    public static ServiceException PolicyIsImmutable() => BadParameter("AKV.SKR.1020: Immutable Key Release Policy cannot be modified.");

    /// <summary>A denied release: every finding, so that the owner sees which claim failed and how.</summary>
    public static ServiceException ReleaseDenied(KeyId id, IReadOnlyList<Finding> findings)
    {
        var inner = findings.Any(f => f.Code is "release-key-disabled" or "release-key-expired" or "release-key-not-yet-valid") ? "KeyDisabled"
            : "AccessDenied";
        var what = findings.All(f => f.Code.StartsWith("release-", StringComparison.Ordinal)) ? $"Key {id.Name} is not released"
            : "Target environment attestation statement cannot be verified";
        return new(403, "Forbidden", $"{what}. {string.Join("; ", findings)}", inner);
    }
}
