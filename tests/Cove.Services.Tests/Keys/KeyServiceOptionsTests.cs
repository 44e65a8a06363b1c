using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Hosting.CommandLine;
using Cove.KeyService;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Keys;

public sealed class KeyServiceOptionsTests : IDisposable
{
    private readonly TestIdentity _identity = new();

    public void Dispose() => _identity.Dispose();

    [Fact]
    public void Backup_storage_is_named_with_or_without_its_certificate_authority_and_for_a_managed_hsm_only()
    {
        var options = Read("--dialect", "managed-hsm", "--backup-storage", "https://a.blob.core.windows.net/box", "--backup-storage", $"https://127.0.0.1:10000/devstoreaccount1={_identity.AuthorityFile}");
        Assert.Equal([("https://a.blob.core.windows.net/box", null), ("https://127.0.0.1:10000/devstoreaccount1", _identity.AuthorityFile)], options.BackupStorage.Select(p => (p.Url.AbsoluteUri, p.CertificateAuthorityFile)));
        Assert.Empty(Read("--dialect", "managed-hsm").BackupStorage);
        Assert.Throws<UsageException>(() => Read("--backup-storage", "https://a.blob.core.windows.net/box"));
        Assert.Throws<UsageException>(() => Read("--dialect", "managed-hsm", "--backup-storage", "http://127.0.0.1:10000/devstoreaccount1"));
        Assert.Throws<UsageException>(() => Read("--dialect", "managed-hsm", "--backup-storage", "https://a.blob.core.windows.net/box?sig=x"));
        Assert.Throws<UsageException>(() => Read("--dialect", "managed-hsm", "--backup-storage", "https://a.blob.core.windows.net=/nowhere/ca.pem"));
    }

    private KeyServiceOptions Read(params string[] more)
    {
        var issuer = Path.Combine(_identity.Folder.FullName, "issuer.json");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllBytes(issuer, new Jwks([EcJwk.FromEcdsa(key, false, keyId: "i")]).ToJson());
        return KeyServiceOptions.From(ServiceArguments.Parse(
            ["--vault-url", "https://localhost:7442", "--data", _identity.Folder.FullName, "--access-issuer", $"https://i={issuer}", "--master-key", "file", .. more], KeyServiceOptions.Names, [], KeyServiceOptions.Usage));
    }
}
