using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Hosting.CommandLine;

namespace Cove.Hosting.Tls;

/// <summary>The certificate, chain and private key a service presents.</summary>
public sealed class ServerIdentity : IDisposable
{
    private ServerIdentity(X509Certificate2 leaf, X509Certificate2Collection chain) => (Leaf, Chain) = (leaf, chain);

    /// <summary>The leaf, with its private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The certificates after the leaf, in the file's order, a root among them where the file has it.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>Reads a PEM file of certificates, leaf first, and a PEM file with the leaf's private key.</summary>
    /// <exception cref="UsageException">A file cannot be read, holds no certificate, or the key is not the leaf's.</exception>
    public static ServerIdentity Load(string certificateFile, string keyFile)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            if (chain.Count == 0)
                throw new UsageException($"{certificateFile} holds no certificate", "give a PEM file with the server's certificate first");
            var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            chain[0].Dispose();
            chain.RemoveAt(0);
            return new(leaf, chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the TLS certificate {certificateFile} with key {keyFile} cannot be used: {e.Message}",
                "give PEM files; the key must be the certificate's");
        }
    }

    /// <summary>Disposes the key and the certificates.</summary>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in Chain) certificate.Dispose();
    }
}
