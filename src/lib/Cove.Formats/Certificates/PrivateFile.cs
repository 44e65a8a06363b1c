using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Formats.Files;

namespace Cove.Formats.Certificates;

/// <summary>Files that hold secrets: readable by their owner only from the moment they exist, and whole or not there at all.</summary>
public static class PrivateFile
{
    /// <summary>Writes the file anew, mode 0600 from the moment it exists.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) => WholeFile.Replace(path, content, WholeFile.OwnerOnly);

    /// <summary>Writes the certificate's private key as unencrypted PKCS#8 PEM.</summary>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public static void WriteKey(string path, X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
            ?? throw new ArgumentException("the certificate has no private key", nameof(certificate));
        WriteKey(path, key);
    }

    /// <summary>Writes a private key as unencrypted PKCS#8 PEM.</summary>
    public static void WriteKey(string path, AsymmetricAlgorithm key)
    {
        var der = key.ExportPkcs8PrivateKey();
        var pem = Pem(der);
        try
        {
            Write(path, pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    // The text passes through no string: what held it can be zeroed.
    private static byte[] Pem(byte[] der)
    {
        var text = PemEncoding.Write("PRIVATE KEY", der);
        try
        {
            return Encoding.ASCII.GetBytes(text);
        }
        finally
        {
            Array.Clear(text);
        }
    }
}
