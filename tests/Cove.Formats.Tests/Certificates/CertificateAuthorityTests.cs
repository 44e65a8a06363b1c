using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Certificates;
using Cove.Outcomes;

namespace Cove.Tests.Certificates;

public sealed class CertificateAuthorityTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void A_server_certificate_chains_to_its_authority_and_names_its_hosts()
    {
        using var authority = CertificateAuthority.Create("Cove development", ["localhost"], Now);
        using var issued = authority.IssueServer("localhost", ["localhost"], [IPAddress.Loopback], Now);
        Assert.True(Chains(issued.Certificate, authority));
        Assert.True(issued.Certificate.MatchesHostname("localhost"));
        Assert.True(issued.Certificate.MatchesHostname("127.0.0.1"));
        Assert.False(issued.Certificate.MatchesHostname("example.com"));
        Assert.Equal(2048, issued.Certificate.GetRSAPrivateKey()!.KeySize);
    }

    [Fact]
    public void A_certificate_for_a_name_outside_the_constraint_does_not_chain()
    {
        using var authority = CertificateAuthority.Create("Cove development", ["localhost"], Now);
        using var issued = authority.IssueServer("bank", ["bank.example"], [], Now);
        Assert.False(Chains(issued.Certificate, authority));
    }

    [Fact]
    public void A_certificate_of_another_authority_does_not_chain()
    {
        using var authority = CertificateAuthority.Create("Cove development", ["localhost"], Now);
        using var other = CertificateAuthority.Create("Cove development", ["localhost"], Now);
        using var issued = other.IssueServer("localhost", ["localhost"], [], Now);
        Assert.False(Chains(issued.Certificate, authority));
    }

    [Fact]
    public void An_authority_survives_its_files_and_only_the_owner_reads_the_key()
    {
        var folder = Directory.CreateTempSubdirectory("cove-test-");
        try
        {
            using var authority = CertificateAuthority.Create("Cove development", ["localhost"], Now);
            var key = Path.Combine(folder.FullName, "ca.key");
            PrivateFile.WriteKey(key, authority.Certificate);
            using var again = CertificateAuthority.Load(authority.Certificate.ExportCertificatePem(), File.ReadAllText(key));
            using var issued = again.IssueServer("localhost", ["localhost"], [], Now);
            Assert.True(Chains(issued.Certificate, authority));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_leaf_is_not_loaded_as_an_authority()
    {
        using var authority = CertificateAuthority.Create("Cove development", ["localhost"], Now);
        using var issued = authority.IssueServer("localhost", ["localhost"], [], Now);
        var key = issued.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
        Assert.Throws<MalformedException>(() => CertificateAuthority.Load(issued.Certificate.ExportCertificatePem(), key));
        using var other = RSA.Create(2048);
        Assert.Throws<MalformedException>(() => CertificateAuthority.Load(authority.Certificate.ExportCertificatePem(), other.ExportPkcs8PrivateKeyPem()));
    }

    private static bool Chains(X509Certificate2 leaf, CertificateAuthority authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority.Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
        return chain.Build(leaf);
    }
}
