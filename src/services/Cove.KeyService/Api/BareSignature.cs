using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cove.Formats.Jose;

namespace Cove.KeyService.Api;

/// <summary>
/// RSNULL: PKCS#1 v1.5 signatures over the caller's own bytes, with no DigestInfo around them (RFC 8017 8.2 without step 2 of 9.2). .NET signs only digests of a
/// hash that it knows, so OpenSSL is asked directly, which blinds its private operation. Callers make the DigestInfo themselves, as TLS 1.0 and PKCS#11's
/// CKM_RSA_PKCS do; whoever may ask for this can have anything signed that fits.
/// </summary>
internal static class BareSignature
{
    public const string Algorithm = "RSNULL";

    private const int PaddingOverhead = 11; // RFC 8017 9.2: 00 01, at least eight FF, 00
    private const int Pkcs1Padding = 1; // RSA_PKCS1_PADDING
    private const long FirstVersionWithProviders = 0x3000_0000;
    private const string Library = "libcrypto.so.3";

    public static byte[] Sign(RsaJwk key, byte[] value)
    {
        CheckLength(key, value);
        using var secret = Private(key);
        using var handle = secret.DuplicateKeyHandle();
        var signature = new byte[key.Modulus.Length];
        var length = (nuint)signature.Length;
        var done = Run(handle, context => EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, Pkcs1Padding) == 1
            && EVP_PKEY_sign(context, signature, ref length, value, (nuint)value.Length) == 1);
        return done && length == (nuint)signature.Length ? signature : throw new CryptographicException("OpenSSL did not sign");
    }

    public static bool Verify(RsaJwk key, byte[] value, byte[] signature)
    {
        CheckLength(key, value);
        if (signature.Length != key.Modulus.Length) return false;
        using var open = new RSAOpenSsl(new RSAParameters { Modulus = key.Modulus.ToArray(), Exponent = key.Exponent.ToArray() });
        using var handle = open.DuplicateKeyHandle();
        return Run(handle, context => EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, Pkcs1Padding) == 1
            && EVP_PKEY_verify(context, signature, (nuint)signature.Length, value, (nuint)value.Length) == 1);
    }

    private static void CheckLength(RsaJwk key, byte[] value)
    {
        if (SafeEvpPKeyHandle.OpenSslVersion < FirstVersionWithProviders) throw KeyErrors.BadParameter($"{Algorithm} needs a service on OpenSSL 3.");
        var most = key.Modulus.Length - PaddingOverhead;
        if (value.Length is 0 || value.Length > most) throw KeyErrors.BadParameter($"The digest is {value.Length} bytes, expected 1 to {most} for {Algorithm} with this key.");
    }

    private static RSAOpenSsl Private(RsaJwk key)
    {
        using var rsa = key.CreateRsa();
        var parameters = rsa.ExportParameters(includePrivateParameters: true);
        try
        {
            return new(parameters);
        }
        finally
        {
            foreach (var number in (byte[]?[])[parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ]) CryptographicOperations.ZeroMemory(number);
        }
    }

    private static bool Run(SafeEvpPKeyHandle key, Func<nint, bool> operation)
    {
        var context = EVP_PKEY_CTX_new(key, 0);
        try
        {
            if (context != 0 && operation(context)) return true;
            // What OpenSSL has noted for this thread would be taken for the reason of somebody else's failure.
            ERR_clear_error();
            return false;
        }
        finally
        {
            EVP_PKEY_CTX_free(context);
        }
    }

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint EVP_PKEY_CTX_new(SafeEvpPKeyHandle key, nint engine);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void EVP_PKEY_CTX_free(nint context);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_CTX_set_rsa_padding(nint context, int padding);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_sign_init(nint context);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_sign(nint context, [Out] byte[] signature, ref nuint signatureLength, byte[] value, nuint valueLength);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_verify_init(nint context);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_verify(nint context, byte[] signature, nuint signatureLength, byte[] value, nuint valueLength);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void ERR_clear_error();
}
