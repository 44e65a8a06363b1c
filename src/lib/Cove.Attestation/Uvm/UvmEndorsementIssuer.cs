using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Uvm;

/// <summary>Endorses guest images: states, under a <c>did:x509</c>, that a launch measurement is that of an image of its own.</summary>
/// <param name="did">Under which identifier; it must stand for the chain.</param>
/// <param name="chain">The signer's certificates, leaf first, root last.</param>
/// <param name="key">The leaf's private key, RSA or ECDSA on a NIST curve. Not disposed.</param>
public sealed class UvmEndorsementIssuer(string did, IReadOnlyList<Certificate> chain, AsymmetricAlgorithm key)
{
    private const long Sha256 = -16;
    private const long Sha384Preimage = -43;
    private const long CwtIssuer = 1;
    private const long CwtSubject = 2;
    private const long CwtIssuedAt = 6;
    private const ulong EpochTag = 1;

    /// <summary>Issues an endorsement, and verifies what came out as every relying party that accepts this issuer will.</summary>
    /// <param name="measurement">The launch measurement, 48 bytes.</param>
    /// <param name="feed">The line of images.</param>
    /// <param name="svn">The image's security version, zero or more.</param>
    /// <param name="signedAt">When: the certificates must be valid then. Whole seconds are written.</param>
    /// <param name="form">In which form.</param>
    /// <returns>The COSE_Sign1 message; rejected where nobody could accept it, for instance because the key is not the leaf's.</returns>
    /// <exception cref="MalformedException">The measurement has another size, the identifier is no <c>did:x509</c>, or the key is of a kind that is not known.</exception>
    public Verdict<ReadOnlyMemory<byte>> Issue(ReadOnlyMemory<byte> measurement, string feed, long svn, DateTimeOffset signedAt, UvmEndorsementForm form)
    {
        if (measurement.Length != UvmEndorsement.MeasurementSize)
            throw new MalformedException("UVM endorsement", "measurement", $"has {measurement.Length} bytes, expected {UvmEndorsement.MeasurementSize}");
        ArgumentOutOfRangeException.ThrowIfNegative(svn);
        var time = new CborValue.Tagged(EpochTag, new CborValue.Integer(signedAt.ToUnixTimeSeconds()));
        var (header, payload) = form == UvmEndorsementForm.Json ? (JsonHeader(feed, time), JsonPayload(measurement.Span, svn)) : (EnvelopeHeader(feed, svn, time), measurement);
        ReadOnlyMemory<byte> message = CoseSign1.Sign(new CborValue.Map(header), payload, AlgorithmOf(key), key);
        var accepting = new UvmEndorsementVerifier([new UvmIssuer(did, feed, svn)]);
        return accepting.Verify(UvmEndorsement.Parse(message), measurement.Span, signedAt).IsAccepted(out _, out var findings) ? message : findings.ToList();
    }

    private KeyValuePair<CborValue, CborValue>[] JsonHeader(string feed, CborValue time) =>
    [
        Entry(CoseLabels.ContentType, new CborValue.Text("application/json")),
        .. CertificateEntries(),
        Entry("iss", new CborValue.Text(did)),
        Entry("feed", new CborValue.Text(feed)),
        Entry("signingtime", time),
    ];

    private KeyValuePair<CborValue, CborValue>[] EnvelopeHeader(string feed, long svn, CborValue time) =>
    [
        Entry(CoseLabels.CwtClaims, new CborValue.Map(
        [
            Entry(CwtIssuer, new CborValue.Text(did)),
            Entry(CwtSubject, new CborValue.Text(feed)),
            Entry(CwtIssuedAt, time),
            Entry("svn", new CborValue.Integer(svn)),
        ])),
        .. CertificateEntries(),
        Entry(CoseLabels.PayloadHashAlgorithm, new CborValue.Integer(Sha384Preimage)),
        Entry(CoseLabels.PreimageContentType, new CborValue.Text("application/octet-stream")),
    ];

    private KeyValuePair<CborValue, CborValue>[] CertificateEntries() =>
    [
        Entry(CoseLabels.CertificateChain, new CborValue.Array([.. chain.Select(certificate => new CborValue.Bytes(certificate.Der))])),
        Entry(CoseLabels.CertificateHash, new CborValue.Array([new CborValue.Integer(Sha256), new CborValue.Bytes(chain.Count > 0 ? SHA256.HashData(chain[0].Der.Span) : [])])),
    ];

    // The version stands in text, as in every endorsement that was ever published in this form; readers of the number are newer.
    private static ReadOnlyMemory<byte> JsonPayload(ReadOnlySpan<byte> measurement, long svn)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("x-ms-sevsnpvm-guestsvn", svn.ToString(CultureInfo.InvariantCulture));
            json.WriteString("x-ms-sevsnpvm-launchmeasurement", Convert.ToHexStringLower(measurement));
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static CoseAlgorithm AlgorithmOf(AsymmetricAlgorithm key)
    {
        var name = key switch
        {
            RSA => "PS384",
            ECDsa { KeySize: 256 } => "ES256",
            ECDsa { KeySize: 384 } => "ES384",
            ECDsa { KeySize: 521 } => "ES512",
            _ => throw new MalformedException("signing key", "kind", "is neither RSA nor ECDSA on P-256, P-384 or P-521"),
        };
        return CoseAlgorithm.All.First(algorithm => algorithm.Name == name);
    }

    private static KeyValuePair<CborValue, CborValue> Entry(long label, CborValue value) => new(new CborValue.Integer(label), value);

    private static KeyValuePair<CborValue, CborValue> Entry(string label, CborValue value) => new(new CborValue.Text(label), value);
}
