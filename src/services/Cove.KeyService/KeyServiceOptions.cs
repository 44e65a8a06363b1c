using Cove.Formats.Jose;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Api;
using Cove.KeyService.Authorities;
using Cove.KeyService.Backup;
using Cove.Keys.ReleasePolicy;
using Cove.Outcomes;

namespace Cove.KeyService;

/// <summary>The service's own part of its command line.</summary>
internal sealed record KeyServiceOptions
{
    public const string Usage = "cove-key-service --listen ADDRESS:PORT --vault-url URL (--data DIR | --postgres FILE) --tls-certificate PEM --tls-key PEM --authority URL[=CA-PEM]... --access-issuer ISSUER=JWKS-FILE... --master-key FILE|env://NAME|pkcs11:URI|snp:FILE [--seal-master-key FILE|env://NAME|new] [--dialect vault|managed-hsm [--administrator PRINCIPAL]... [--backup-storage URL[=CA-PEM]]...]";

    public static IReadOnlyList<string> Names { get; } = ["--vault-url", .. DatabaseOptions.Names, "--authority", "--access-issuer", "--master-key", "--seal-master-key", "--dialect", "--administrator", "--backup-storage"];

    public required Uri VaultUrl { get; init; }

    public required DatabaseOptions Database { get; init; }

    public required IReadOnlyList<AuthorityPin> Authorities { get; init; }

    public required IReadOnlyList<AccessIssuer> AccessIssuers { get; init; }

    public required string MasterKey { get; init; }

    /// <summary>What to seal where the master key is a sealed one that is not there yet.</summary>
    public string? SealMasterKey { get; init; }

    public required VaultDialect Dialect { get; init; }

    /// <summary>Who has the administrator's role from the start, in a managed HSM.</summary>
    public IReadOnlyList<string> Administrators { get; init; } = [];

    /// <summary>Where full backups of a managed HSM may go and come from; nowhere when empty.</summary>
    public IReadOnlyList<StoragePin> BackupStorage { get; init; } = [];

    /// <exception cref="UsageException">An option is missing or wrong.</exception>
    public static KeyServiceOptions From(ServiceArguments arguments)
    {
        var issuers = arguments.All("--access-issuer").Select(v => Issuer(arguments, v)).ToList();
        if (issuers.Count == 0) throw new UsageException("--access-issuer is missing: nobody could call", Usage);
        var dialect = VaultDialect.Find(arguments.Optional("--dialect") ?? VaultDialect.Vault.Name)
            ?? throw new UsageException("--dialect is neither vault nor managed-hsm", Usage);
        if (!dialect.IsManagedHsm && arguments.All("--administrator").Count > 0)
            throw new UsageException("--administrator is for --dialect managed-hsm: a vault has no roles of its own", Usage);
        if (!dialect.IsManagedHsm && arguments.All("--backup-storage").Count > 0)
            throw new UsageException("--backup-storage is for --dialect managed-hsm: a vault has no full backup", Usage);
        return new()
        {
            VaultUrl = arguments.RequiredHttpsUrl("--vault-url"),
            Database = DatabaseOptions.From(arguments, Usage),
            Authorities = [.. arguments.All("--authority").Select(v => Authority(arguments, v))],
            AccessIssuers = issuers,
            MasterKey = arguments.Required("--master-key"),
            SealMasterKey = arguments.Optional("--seal-master-key"),
            Dialect = dialect,
            Administrators = arguments.All("--administrator"),
            BackupStorage = [.. arguments.All("--backup-storage").Select(v => Storage(arguments, v))],
        };
    }

    private static StoragePin Storage(ServiceArguments arguments, string value)
    {
        var (url, file) = Split(value);
        return new(arguments.CheckHttpsUrl("--backup-storage", url), file is null ? null : arguments.CheckFile("--backup-storage", file));
    }

    private static AuthorityPin Authority(ServiceArguments arguments, string value)
    {
        var (url, file) = Split(value);
        try
        {
            return new(AuthorityUrl.Parse(url), file is null ? null : arguments.CheckFile("--authority", file));
        }
        catch (MalformedException e)
        {
            throw new UsageException($"--authority: {e.Message}", Usage);
        }
    }

    private static AccessIssuer Issuer(ServiceArguments arguments, string value)
    {
        var (issuer, file) = Split(value);
        if (file is null) throw new UsageException($"--access-issuer is {value}, expected ISSUER=JWKS-FILE", Usage);
        try
        {
            return new(issuer, Jwks.Parse(File.ReadAllBytes(arguments.CheckFile("--access-issuer", file))));
        }
        catch (MalformedException e)
        {
            throw new UsageException($"--access-issuer names {file}: {e.Message}", Usage);
        }
    }

    /// <summary>At the last equals sign: a URL may hold one, a file name that does is the caller's to rename.</summary>
    private static (string Left, string? Right) Split(string value)
        => value.LastIndexOf('=') is > 0 and var at ? (value[..at], value[(at + 1)..]) : (value, null);
}
