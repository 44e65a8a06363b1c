using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cove.Attestation.Dcap;

/// <summary>The bytes of collateral as they were delivered: chains as PEM text, lists as DER, documents with their signed text.</summary>
internal sealed record DcapCollateralParts(
    ReadOnlyMemory<byte> PckCrlIssuerChain,
    ReadOnlyMemory<byte> RootCaCrl,
    ReadOnlyMemory<byte> PckCrl,
    ReadOnlyMemory<byte> TcbInfoIssuerChain,
    SignedDocument TcbInfo,
    ReadOnlyMemory<byte> QeIdentityIssuerChain,
    SignedDocument QeIdentity)
{
    /// <summary>SHA-256 over all parts, each led by its length so that no two sets give the same bytes.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (ReadOnlySpan<ReadOnlyMemory<byte>>)
            [PckCrlIssuerChain, RootCaCrl, PckCrl, TcbInfoIssuerChain, TcbInfo.Signed, TcbInfo.Signature, QeIdentityIssuerChain, QeIdentity.Signed, QeIdentity.Signature])
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
