using System.Security.Cryptography;
using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.KeyProvider;

/// <summary>Wraps data for whoever a vault will release the private key to: RSA-OAEP with SHA-256 under a public key from a file.</summary>
internal static class KeyWrapping
{
    private const int FileLimit = 64 * 1024;

    /// <summary>Wraps data with the key that <c>PATH-info.json</c> describes; the key's name is the last part of the path.</summary>
    /// <exception cref="SkrFailureException">A file cannot be read, is not what it should be, or the data is too long for the key.</exception>
    public static AnnotationPacket Wrap(string keyPath, ReadOnlySpan<byte> data)
    {
        var infoPath = keyPath + "-info.json";
        var (publicKeyPath, vault, attestation) = ReadInfo(infoPath);
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(System.Text.Encoding.UTF8.GetString(ReadFile(publicKeyPath)));
            return new AnnotationPacket(Path.GetFileName(keyPath), rsa.Encrypt(data, RSAEncryptionPadding.OaepSHA256), vault, attestation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkrFailureException($"failed to read public key file {publicKeyPath}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SkrFailureException($"failed to wrap with the public key {publicKeyPath}", e);
        }
    }

    private static (string PublicKeyPath, string Vault, string Attestation) ReadInfo(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadFile(path));
            var root = document.RootElement;
            return (root.Text("public_key_path"), root.Text("kms_endpoint"), root.Text("attester_endpoint"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SkrFailureException($"failed to read key info file {path}", e);
        }
        catch (Exception e) when (e is JsonException or SkrFailureException)
        {
            throw new SkrFailureException($"failed to unmarshal key info file {path}", e);
        }
    }

    private static byte[] ReadFile(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > FileLimit) throw new IOException($"{path} is {length} bytes, more than {FileLimit}");
        return File.ReadAllBytes(path);
    }
}
