namespace Cove.KeyService.Access;

/// <summary>What a caller may be allowed to do, by the names that role definitions use.</summary>
internal static class DataAction
{
    public const string ReadKey = Hsm + "keys/read/action";
    public const string WriteKey = Hsm + "keys/write/action";
    public const string RotateKey = Hsm + "keys/rotate/action";
    public const string CreateKey = Hsm + "keys/create";
    public const string DeleteKey = Hsm + "keys/delete";
    public const string ImportKey = Hsm + "keys/import/action";
    public const string ExportKey = Hsm + "keys/export/action";
    public const string ReleaseKey = Hsm + "keys/release/action";
    public const string BackUpKey = Hsm + "keys/backup/action";
    public const string RestoreKey = Hsm + "keys/restore/action";
    public const string Encrypt = Hsm + "keys/encrypt/action";
    public const string Decrypt = Hsm + "keys/decrypt/action";
    public const string Wrap = Hsm + "keys/wrap/action";
    public const string Unwrap = Hsm + "keys/unwrap/action";
    public const string Sign = Hsm + "keys/sign/action";
    public const string Verify = Hsm + "keys/verify/action";
    public const string ReadDeletedKey = Hsm + "keys/deletedKeys/read/action";
    public const string RecoverKey = Hsm + "keys/deletedKeys/recover/action";
    public const string PurgeKey = Hsm + "keys/deletedKeys/delete";
    public const string ReadAssignment = Hsm + "roleAssignments/read/action";
    public const string WriteAssignment = Hsm + "roleAssignments/write/action";
    public const string DeleteAssignment = Hsm + "roleAssignments/delete/action";
    public const string ReadDefinition = Hsm + "roleDefinitions/read/action";
    public const string WriteDefinition = Hsm + "roleDefinitions/write/action";
    public const string DeleteDefinition = Hsm + "roleDefinitions/delete/action";
    public const string RandomNumbers = Hsm + "rng/action";

    // A managed HSM has no secrets: no role of one grants these.
    public const string GetSecret = Vault + "secrets/getSecret/action";
    public const string ListSecrets = Vault + "secrets/readMetadata/action";
    public const string SetSecret = Vault + "secrets/setSecret/action";
    public const string UpdateSecret = Vault + "secrets/update/action";
    public const string DeleteSecret = Vault + "secrets/delete";
    public const string RecoverSecret = Vault + "secrets/recover/action";
    public const string PurgeSecret = Vault + "secrets/purge/action";
    public const string BackUpSecret = Vault + "secrets/backup/action";
    public const string RestoreSecret = Vault + "secrets/restore/action";

    /// <summary>Reading the audit log, which is no action of Azure's.</summary>
    public const string ReadAudit = "Cove.Keys/audit/read/action";

    public const string StartBackup = Hsm + "backup/start/action";
    public const string ReadBackup = Hsm + "backup/status/action";
    public const string StartRestore = Hsm + "restore/start/action";
    public const string ReadRestore = Hsm + "restore/status/action";

    private const string Hsm = "Microsoft.KeyVault/managedHsm/";
    private const string Vault = "Microsoft.KeyVault/vaults/";

    /// <summary>What a role definition may grant. Those of the security domain are names that Azure's clients know and that nothing here asks for.</summary>
    public static IReadOnlyList<string> Grantable { get; } =
    [
        ReadKey, WriteKey, RotateKey, CreateKey, DeleteKey, ImportKey, ExportKey, ReleaseKey, BackUpKey, RestoreKey, Encrypt, Decrypt, Wrap, Unwrap, Sign, Verify,
        ReadDeletedKey, RecoverKey, PurgeKey, ReadAssignment, WriteAssignment, DeleteAssignment, ReadDefinition, WriteDefinition, DeleteDefinition, RandomNumbers,
        .. SecurityDomain, .. FullBackup, .. FullRestore,
    ];

    public static IReadOnlyList<string> SecurityDomain =>
    [
        Hsm + "securitydomain/download/action", Hsm + "securitydomain/download/read", Hsm + "securitydomain/upload/action", Hsm + "securitydomain/upload/read",
        Hsm + "securitydomain/transferkey/read",
    ];

    public static IReadOnlyList<string> FullBackup => [StartBackup, ReadBackup];

    public static IReadOnlyList<string> FullRestore => [StartRestore, ReadRestore];
}
