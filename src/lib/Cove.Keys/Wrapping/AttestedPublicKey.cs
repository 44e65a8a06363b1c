using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cove.Formats.Jose;

namespace Cove.Keys.Wrapping;

/// <summary>
/// An attested RSA key, ready to encrypt with. The platform's import tests whether the modulus is composite, which costs more than all else that a release
/// computes, and tells nothing here: the key is new with each attestation, and a workload that chose a weak one has only laid itself open, as it would by
/// publishing the private part. The limits of <see cref="RsaJwk"/> on both numbers hold already; OpenSSL refuses the rest (an even modulus) when it encrypts.
/// </summary>
internal static class AttestedPublicKey
{
    private const long FirstVersionWithProviders = 0x3000_0000;
    private const int PublicKeySelection = 0x86; // EVP_PKEY_PUBLIC_KEY: the public part and the parameters
    private const uint UnsignedInteger = 2; // OSSL_PARAM_UNSIGNED_INTEGER, in the processor's byte order
    private const string Library = "libcrypto.so.3";
    private static readonly byte[] RsaName = "RSA\0"u8.ToArray();
    private static readonly byte[] ModulusName = "n\0"u8.ToArray();
    private static readonly byte[] ExponentName = "e\0"u8.ToArray();

    /// <summary>The key. The caller disposes it.</summary>
    /// <exception cref="CryptographicException">OpenSSL does not take the numbers.</exception>
    public static RSA Open(RsaJwk key)
    {
        if (!BitConverter.IsLittleEndian || SafeEvpPKeyHandle.OpenSslVersion < FirstVersionWithProviders) return key.CreateRsa();
        using var handle = new SafeEvpPKeyHandle(Create(key), ownsHandle: true);
        return new RSAOpenSsl(handle);
    }

    private static nint Create(RsaJwk key)
    {
        var context = EVP_PKEY_CTX_new_from_name(0, RsaName, 0);
        GCHandle[] pinned = [Pin(ModulusName), Pin(LittleEndian(key.Modulus)), Pin(ExponentName), Pin(LittleEndian(key.Exponent))];
        try
        {
            Parameter[] parameters = [Integer(pinned[0], pinned[1]), Integer(pinned[2], pinned[3]), default];
            return context != 0 && EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, out var made, PublicKeySelection, parameters) == 1
                ? made
                : throw new CryptographicException("the attested key is not one that OpenSSL takes");
        }
        finally
        {
            EVP_PKEY_CTX_free(context);
            foreach (var array in pinned) array.Free();
        }
    }

    private static byte[] LittleEndian(ReadOnlySpan<byte> number)
    {
        var reversed = number.ToArray();
        Array.Reverse(reversed);
        return reversed;
    }

    private static GCHandle Pin(byte[] array) => GCHandle.Alloc(array, GCHandleType.Pinned);

    private static Parameter Integer(GCHandle name, GCHandle number)
        => new() { Name = name.AddrOfPinnedObject(), Type = UnsignedInteger, Data = number.AddrOfPinnedObject(), Size = (nuint)((byte[])number.Target!).Length };

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint EVP_PKEY_CTX_new_from_name(nint library, byte[] name, nint properties);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void EVP_PKEY_CTX_free(nint context);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_fromdata_init(nint context);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EVP_PKEY_fromdata(nint context, out nint key, int selection, [In] Parameter[] parameters);

    /// <summary>OSSL_PARAM; one without a name ends the array.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Parameter
    {
        public nint Name;
        public uint Type;
        public nint Data;
        public nuint Size;
        public nuint ReturnedSize;
    }
}
