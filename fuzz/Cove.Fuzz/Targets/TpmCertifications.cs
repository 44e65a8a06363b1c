using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Attestation.Tpm;

namespace Cove.Fuzz.Targets;

/// <summary>Keys of a TPM, and its statements about them. An input is the length of the key in two bytes, the key, then the statement.</summary>
internal sealed class TpmCertifications : ITarget
{
    private const int RsaBytes = 256;
    private readonly RSA signer = RSA.Create(2048);

    public string Name => "tpm-certification";

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        // RSA 2048 that decrypts with RSAES, as vTPMs of Azure make it for a client.
        byte[] area =
        [
            0, 1, 0, 0x0B, 0, 0, 0, 0x72, 0, 0, 0, 0x10, 0, 0x15, 0x08, 0, 0, 0, 0, 0, RsaBytes >> 8, RsaBytes & 0xFF,
            .. Enumerable.Repeat((byte)0xC5, RsaBytes),
        ];
        byte[] key = [(byte)(area.Length >> 8), (byte)area.Length, .. area];
        byte[] name = [0, 0x0B, .. SHA256.HashData(area)];
        byte[] statement =
        [
            0xFF, 0x54, 0x43, 0x47, 0x80, 0x17, 0, 2, 1, 2, 0, 0, .. new byte[17], .. new byte[8], 0, (byte)name.Length, .. name, 0, (byte)name.Length, .. name,
        ];
        yield return [(byte)(key.Length >> 8), (byte)key.Length, .. key, .. statement];
    }

    public void Run(byte[] input)
    {
        if (input.Length < 2) input = [0, 0];
        var end = Math.Min(2 + BinaryPrimitives.ReadUInt16BigEndian(input), input.Length);
        TpmCertification.Parse(input.AsSpan(end), new byte[RsaBytes], TpmPublicKey.Parse(input.AsSpan(2..end))).Verify(signer);
    }
}
