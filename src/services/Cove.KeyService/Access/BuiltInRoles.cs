namespace Cove.KeyService.Access;

/// <summary>
/// The roles that every managed HSM has, with the names and data actions that Azure documents. One cell of its table we take for an error: the auditor,
/// whose role is to read and not to use, reads deleted keys here and does not purge them.
/// </summary>
internal static class BuiltInRoles
{
    public static RoleDefinition Administrator { get; } = Define("a290e904-7015-4bba-90c8-60543313cdb4", "Administrator",
        "Everything about the security domain, full backup and restore, and roles; no use of keys.",
        [.. RoleManagement, .. DataAction.SecurityDomain, .. DataAction.FullBackup, .. DataAction.FullRestore]);

    public static IReadOnlyList<RoleDefinition> All { get; } =
    [
        Administrator,
        Define("515eb02d-2335-4d2d-92f2-b1cbdf9c3778", "Crypto Officer", "Role management; reading, recovering and purging deleted keys; export.",
            [.. RoleManagement, DataAction.ReadDeletedKey, DataAction.RecoverKey, DataAction.PurgeKey, DataAction.ExportKey]),
        Define("21dbd100-6940-42c2-9190-5d6cb909625b", "Crypto User", "Making, using and deleting keys, but for recovery, purging and export.",
            [
                DataAction.ReadKey, DataAction.WriteKey, DataAction.RotateKey, DataAction.CreateKey, DataAction.DeleteKey, DataAction.ImportKey, DataAction.ReleaseKey,
                DataAction.BackUpKey, DataAction.RestoreKey, DataAction.Encrypt, DataAction.Decrypt, DataAction.Wrap, DataAction.Unwrap, DataAction.Sign, DataAction.Verify,
                DataAction.RandomNumbers, .. RoleReading,
            ]),
        Define("4bd23610-cdcf-4971-bdee-bdc562cc28e4", "Policy Administrator", "Making and removing role assignments and definitions.", RoleManagement),
        Define("2c18b078-7c48-4d3a-af88-5a3a1b3f82b3", "Crypto Auditor", "Reading the attributes of keys, not using them.",
            [DataAction.ReadKey, DataAction.ReadDeletedKey, .. RoleReading]),
        Define("33413926-3206-4cdd-b39a-83574fe37a17", "Crypto Service Encryption User", "Wrapping and unwrapping for a service that encrypts.",
            [DataAction.ReadKey, DataAction.Wrap, DataAction.Unwrap]),
        Define("21dbd100-6940-42c2-9190-5d6cb909625c", "Crypto Service Release User", "Releasing keys to trusted execution environments.", [DataAction.ReleaseKey]),
        Define("7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8", "Backup", "Backup of single keys or the whole module.", [DataAction.BackUpKey, .. DataAction.FullBackup]),
        Define("6efe6056-5259-49d2-8b3d-d3d73544b20b", "Restore", "Restoring single keys or the whole module.", [DataAction.RestoreKey, .. DataAction.FullRestore]),
    ];

    private static IReadOnlyList<string> RoleReading => [DataAction.ReadAssignment, DataAction.ReadDefinition];

    private static IReadOnlyList<string> RoleManagement =>
        [.. RoleReading, DataAction.WriteAssignment, DataAction.DeleteAssignment, DataAction.WriteDefinition, DataAction.DeleteDefinition];

    public static RoleDefinition? Find(Guid name) => All.FirstOrDefault(r => r.Name == name);

    private static RoleDefinition Define(string name, string roleName, string description, IReadOnlyList<string> actions)
        => new(Guid.Parse(name), $"Managed HSM {roleName}", description, [new(actions, [])], ["/", "/keys"]);
}
