using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Attestation.Snp;

/// <summary>
/// An endorsement key ready to verify reports. Making a key object of a certificate costs a good part of a verification, and one object
/// may not be used by two threads at once, so idle ones are kept.
/// </summary>
internal sealed class ReportKey(ReadOnlyMemory<byte> subjectPublicKeyInfo)
{
    private const int Bits = 384;
    private const int MaximumIdle = 8;
    private readonly ConcurrentBag<ECDsa> _idle = [];

    /// <summary>Whether the key made the report's signature.</summary>
    public bool Verifies(SnpReport report)
    {
        // A key that is no EC key, or no point of its curve, made no report.
        if (!_idle.TryTake(out var key) && (key = SubjectPublicKey.ImportEcdsa(subjectPublicKeyInfo.Span)) is null) return false;
        var verifies = key.KeySize == Bits && key.VerifyData(report.Signed, report.Signature(), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (_idle.Count < MaximumIdle) _idle.Add(key);
        else key.Dispose();
        return verifies;
    }
}
