using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Policy.Fragments;

namespace Cove.Tests;

/// <summary>Someone who signs fragments: a root, a signer's certificate below it, and the signer's key.</summary>
internal sealed class FragmentAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal FragmentAuthority(string name = "Contoso")
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var rootRequest = new CertificateRequest($"CN={name} root", rootKey, HashAlgorithmName.SHA384);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Start, Start.AddYears(10));
        var request = new CertificateRequest($"CN={name}", Key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var leaf = request.Create(root, Start, Start.AddYears(1), [1, 2, 3, 4]);
        Chain = [Certificate.Parse(leaf.RawData), Certificate.Parse(root.RawData)];
        ChainPem = leaf.ExportCertificatePem() + "\n" + root.ExportCertificatePem() + "\n";
        Issuer = FragmentSigner.Identifier(Chain);
    }

    internal ECDsa Key { get; }

    internal IReadOnlyList<Certificate> Chain { get; }

    internal string ChainPem { get; }

    internal string Issuer { get; }

    internal byte[] Sign(string fragment, string feed, long? svn = null, string? issuer = null)
    {
        var signed = FragmentSigner.Sign(
            Encoding.UTF8.GetBytes(fragment), new FragmentIdentity(issuer ?? Issuer, feed, Chain, svn), CoseAlgorithm.All.First(algorithm => algorithm.Name == "ES384"), Key);
        Assert.True(signed.IsAccepted(out var bytes, out var findings), string.Join("; ", findings ?? []));
        return bytes.ToArray();
    }

    internal VerifiedStatement Verified(string fragment, string feed, long? svn = null)
    {
        Assert.True(SignedStatement.Parse(Sign(fragment, feed, svn)).Verify().IsAccepted(out var verified, out _));
        return verified!;
    }

    public void Dispose() => Key.Dispose();
}
