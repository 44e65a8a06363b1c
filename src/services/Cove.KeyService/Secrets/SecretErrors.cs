using Cove.Hosting.Errors;

namespace Cove.KeyService.Secrets;

/// <summary>The errors of the secret operations, with the statuses and codes that the real services give.</summary>
internal static class SecretErrors
{
    public static ServiceException NotFound(string id)
        => new(404, "SecretNotFound",
        $"A secret with (name/id) {id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.");

    public static ServiceException DeletedNotFound(string name) => new(404, "SecretNotFound", $"Deleted Secret not found: {name}");

    public static ServiceException IsDeleted(string name)
        => new(409, "Conflict",
        $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", "ObjectIsDeletedButRecoverable");

    public static ServiceException Exists(string name) => new(409, "Conflict", $"Secret {name} already exists: it cannot be restored over.");

    public static ServiceException Disabled(string name)
        => new(403, "Forbidden", $"Operation get is not allowed on a disabled secret: {name}.", "SecretDisabled");
}
