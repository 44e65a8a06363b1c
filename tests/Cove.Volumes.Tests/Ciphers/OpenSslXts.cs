using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cove.Volumes.Tests.Ciphers;

/// <summary>OpenSSL's own AES-XTS, which its command line does not offer.</summary>
internal static class OpenSslXts
{
    private const string Library = "libcrypto.so.3";

    public static void Require() => Assert.SkipUnless(NativeLibrary.TryLoad(Library, out _), $"{Library} is not here (apt-get install libssl3)");

    public static byte[] Encrypt(byte[] key, ulong sector, ReadOnlySpan<byte> plain)
    {
        var tweak = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(tweak, sector);
        var output = new byte[plain.Length];
        var context = NewContext();
        try
        {
            Assert.Equal(1, Initialise(context, key.Length == 64 ? Aes256() : Aes128(), 0, key, tweak));
            Assert.Equal(1, Update(context, output, out var length, plain.ToArray(), plain.Length));
            Assert.Equal(plain.Length, length);
        }
        finally
        {
            FreeContext(context);
        }

        return output;
    }

    [DllImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    private static extern nint NewContext();

    [DllImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    private static extern void FreeContext(nint context);

    [DllImport(Library, EntryPoint = "EVP_aes_128_xts")]
    private static extern nint Aes128();

    [DllImport(Library, EntryPoint = "EVP_aes_256_xts")]
    private static extern nint Aes256();

    [DllImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    private static extern int Initialise(nint context, nint cipher, nint engine, byte[] key, byte[] tweak);

    [DllImport(Library, EntryPoint = "EVP_EncryptUpdate")]
    private static extern int Update(nint context, byte[] output, out int length, byte[] input, int inputLength);
}
