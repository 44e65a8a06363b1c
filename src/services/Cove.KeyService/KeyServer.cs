using System.Security.Cryptography.X509Certificates;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Hosting.Tls;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Audit;
using Cove.KeyService.Authorities;
using Cove.KeyService.Backup;
using Cove.KeyService.Secrets;
using Cove.KeyService.Settings;
using Cove.KeyService.Storage;
using Cove.Keys.Release;

namespace Cove.KeyService;

/// <summary>The parts of a running key service, put together.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly Database _database;
    private readonly MasterKey _master;
    private readonly AuthorityDirectory _authorities;
    private readonly ReleaseSigner _signer;
    private readonly BackupStorage _storage;
    private readonly FullBackups _backups;

    private KeyServer(Database database, MasterKey master, AuthorityDirectory authorities, ReleaseSigner signer, KeyServiceOptions options,
        TimeProvider clock)
    {
        (_database, _master, _authorities, _signer) = (database, master, authorities, signer);
        Audit = new(database, clock);
        var store = new KeyStore(database, Audit, clock);
        var bundles = new KeyBundles(options.VaultUrl, options.Dialect);
        var secrets = new SecretStore(database, Audit, clock);
        var secretBundles = new SecretBundles(options.VaultUrl);
        var roles = options.Dialect.IsManagedHsm ? new RoleStore(database, Audit) : null;
        var policies = new RotationPolicies(database, Audit);
        var rotator = new KeyRotator(policies, master, clock);
        Rotation = new(store, policies, rotator, clock);
        var jobs = new BackupJobStore(database, Audit, clock);
        _storage = new(options.BackupStorage, clock);
        _backups = new(database, jobs, _storage, master, options.VaultUrl, clock);
        Routes = new(
            new AccessTokens(options.AccessIssuers, options.VaultUrl, options.Dialect, clock),
            new Authorizer(roles),
            roles is null ? null : new RoleApi(roles),
            options.Dialect.IsManagedHsm ? new SettingApi(new SettingStore(database, Audit)) : null,
            options.Dialect.IsManagedHsm ? new BackupApi(_backups, jobs, _storage, Audit, options.VaultUrl, clock) : null,
            new KeyCreation(store, master, bundles, options.Dialect, clock),
            new KeyQueries(store, bundles),
            new KeyChanges(store, bundles, options.Dialect, clock),
            new KeyRelease(store, master, Audit, authorities, signer, options.VaultUrl, clock),
            new KeyCrypto(store, master, bundles, clock),
            new KeyRotation(store, policies, rotator, bundles, clock),
            new KeyBackup(store, master, bundles),
            new SecretRoutes(new SecretApi(secrets, master, secretBundles, clock), new SecretBackup(secrets, Audit, master, secretBundles)),
            new AuditQueries(Audit, options.VaultUrl));
    }

    public KeyRoutes Routes { get; }

    public AuditLog Audit { get; }

    public ScheduledRotation Rotation { get; }

    /// <summary>Opens the state and makes the parts.</summary>
    /// <exception cref="UsageException">A file is missing or wrong, or the master key is not the one of this data.</exception>
    public static async Task<KeyServer> OpenAsync(KeyServiceOptions options, ServerIdentity identity, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var database = options.Database.Open("keys.db", KeySchema.Sqlite, KeySchema.Postgres);
        var master = await MasterKey.OpenAsync(options.MasterKey, options.SealMasterKey, offered => MetaTable.KeepAsync(database, "data-key", offered, cancellationToken));
        await MasterKeyCheck.RunAsync(database, master, cancellationToken);
        if (!options.Database.IsShared) await new BackupJobStore(database, new AuditLog(database, clock), clock).EndLostAsync(cancellationToken);
        await AppointAsync(options.Administrators, new RoleStore(database, new AuditLog(database, clock)), cancellationToken);
        var rsa = identity.Leaf.GetRSAPrivateKey()
            ?? throw new UsageException("the TLS certificate has no RSA key, which release answers are signed with", "give an RSA certificate");
        byte[][] chain = [identity.Leaf.RawData, .. identity.Chain.Select(c => c.RawData)];
        return new(database, master, new AuthorityDirectory(options.Authorities, clock), new ReleaseSigner(rsa, chain, options.Dialect.Release),
            options, clock);
    }

    /// <summary>Gives the first administrators their role: nobody else could give any.</summary>
    private static async Task AppointAsync(IReadOnlyList<string> administrators, RoleStore roles, CancellationToken cancellationToken)
    {
        foreach (var administrator in administrators)
            await roles.EnsureAsync(
                new(Guid.NewGuid(), RoleScope.Everything, BuiltInRoles.Administrator.Name, administrator),
                new("role-assign", $"{BuiltInRoles.Administrator.Name} to {administrator} at /", "--administrator", "start", []),
                cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _backups.DisposeAsync();
        _storage.Dispose();
        await _database.DisposeAsync();
        _signer.Dispose();
        _authorities.Dispose();
        _master.Dispose();
    }
}
