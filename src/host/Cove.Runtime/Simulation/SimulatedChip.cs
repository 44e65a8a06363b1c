using System.Globalization;
using System.Security.Cryptography;
using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Runtime.Simulation;

/// <summary>A simulated processor's endorsement key (VCEK) with its chain: what makes reports of this installation recognisable.</summary>
public sealed class SimulatedChip : IDisposable
{
    /// <summary>
    /// The TCB of simulated processors: that of a Milan host of 2025, so that minimum versions written for real hosts can be tried out.
    /// </summary>
    public static TcbVersion CurrentTcb { get; } = new(Fmc: 0, BootLoader: 4, Tee: 0, Snp: 24, Microcode: 219);

    private const int RootSize = 32;
    private readonly ECDsa _key;

    internal SimulatedChip(ECDsa key, EndorsementKeyCertificate certificate, Certificate issuer, Certificate root)
    {
        _key = key;
        Certificate = certificate;
        Issuer = issuer;
        Root = root;
    }

    /// <summary>The endorsement key's certificate: chip id and TCB stand in it.</summary>
    public EndorsementKeyCertificate Certificate { get; }

    /// <summary>The intermediate that certified it.</summary>
    public Certificate Issuer { get; }

    /// <summary>The root; only a verifier started for development trusts it.</summary>
    public Certificate Root { get; }

    /// <summary>The chain as a host hands it to a guest.</summary>
    public ThimCertification Certification =>
        new(Certificate.Certificate, [Issuer, Root], Certificate.Tcb.ToRaw(SnpProduct.Simulated).ToString("X16", CultureInfo.InvariantCulture));

    /// <summary>Forgets the private key.</summary>
    public void Dispose() => _key.Dispose();

    internal byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>The secret that derived keys are rooted in, 32 bytes, which the caller zeroes: another one for each chip, and not the key that signs.</summary>
    internal byte[] DeriveRoot()
    {
        var key = _key.ExportParameters(includePrivateParameters: true);
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, key.D!, RootSize, info: "cove simulated processor, derived keys"u8.ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key.D);
        }
    }

    internal byte[] ExportPrivateKey() => _key.ExportPkcs8PrivateKey();
}
