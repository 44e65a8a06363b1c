using System.Security.Cryptography;
using Cove.Formats.Cbor;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Formats.Cose;

/// <summary>A COSE_Sign1 message (RFC 9052 4.2). Nothing in it is verified until <see cref="IsSignedBy"/> says so.</summary>
public sealed class CoseSign1
{
    /// <summary>Most certificates that a chain in the header may have.</summary>
    public const int MaximumCertificates = 10;

    private const ulong Tag = 18;
    private readonly string _format;
    private readonly ReadOnlyMemory<byte> _protected;
    private readonly ReadOnlyMemory<byte> _signature;

    private CoseSign1(string format, ReadOnlyMemory<byte> @protected, CborValue.Map header, CborValue.Map unprotected, ReadOnlyMemory<byte>? payload, ReadOnlyMemory<byte> signature)
    {
        _format = format;
        _protected = @protected;
        _signature = signature;
        Protected = header;
        Unprotected = unprotected;
        Payload = payload;
    }

    /// <summary>The protected header: covered by the signature.</summary>
    public CborValue.Map Protected { get; }

    /// <summary>The unprotected header: whoever passed the message on may have changed it.</summary>
    public CborValue.Map Unprotected { get; }

    /// <summary>The payload; null where it is detached.</summary>
    public ReadOnlyMemory<byte>? Payload { get; }

    /// <summary>The algorithm of the protected header; null where it is none of <see cref="CoseAlgorithm.All"/>.</summary>
    public CoseAlgorithm? Algorithm => Protected[CoseLabels.Algorithm] is CborValue.Integer number ? CoseAlgorithm.Find(number.Value) : null;

    /// <summary>The headers that must be understood (<c>crit</c>): a message that has any is never accepted here.</summary>
    public bool HasCriticalHeaders => Protected[CoseLabels.Critical] is not null;

    /// <summary>Parses a message, tagged or not.</summary>
    /// <param name="data">The bytes; the result refers to them.</param>
    /// <param name="format">What is being read, for the error.</param>
    /// <exception cref="MalformedException">It is not one COSE_Sign1.</exception>
    public static CoseSign1 Parse(ReadOnlyMemory<byte> data, string format)
    {
        var value = CborValue.Decode(data, format);
        if (value is CborValue.Tagged tagged) value = tagged.Tag == Tag ? tagged.Content : throw new MalformedException(format, "tag", $"is {tagged.Tag}, expected {Tag}", 0);
        if (value is not CborValue.Array { Items: [CborValue.Bytes header, CborValue.Map unprotected, var payload, CborValue.Bytes signature] })
            throw new MalformedException(format, "COSE_Sign1", "is not an array of protected header, unprotected header, payload and signature");
        ReadOnlyMemory<byte>? content = payload switch
        {
            CborValue.Bytes bytes => bytes.Value,
            // Without its type, null would become empty memory here.
            CborValue.Null => (ReadOnlyMemory<byte>?)null,
            _ => throw new MalformedException(format, "payload", "is neither a byte string nor null"),
        };
        var map = header.Value.IsEmpty ? new CborValue.Map([]) : CborValue.Decode(header.Value, format + " protected header") as CborValue.Map;
        return map is not null
            ? new CoseSign1(format, header.Value, map, unprotected, content, signature.Value)
            : throw new MalformedException(format, "protected header", "is not a map");
    }

    /// <summary>Makes a signed message with its payload attached.</summary>
    /// <param name="header">The protected header; <c>alg</c> is added as its first entry.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="algorithm">An algorithm that fits the key.</param>
    /// <param name="key">The signing key, RSA or ECDSA.</param>
    /// <returns>The tagged message.</returns>
    public static byte[] Sign(CborValue.Map header, ReadOnlyMemory<byte> payload, CoseAlgorithm algorithm, AsymmetricAlgorithm key)
    {
        var bytes = new CborValue.Map([new(new CborValue.Integer(CoseLabels.Algorithm), new CborValue.Integer(algorithm.Identifier)), .. header.Entries]).Encode();
        var signature = algorithm.Sign(key, ToBeSigned(bytes, payload));
        return Message(bytes, payload, signature);
    }

    /// <summary>Whether the key made the signature over header and payload, with the algorithm that the header names.</summary>
    /// <param name="subjectPublicKeyInfo">The key, DER.</param>
    /// <param name="detachedPayload">The payload, for a message that does not carry it.</param>
    /// <exception cref="ArgumentException">The payload is neither attached nor given, or both.</exception>
    public bool IsSignedBy(ReadOnlySpan<byte> subjectPublicKeyInfo, ReadOnlyMemory<byte>? detachedPayload = null)
    {
        if (Payload is null == detachedPayload is null) throw new ArgumentException("the payload is either attached or given", nameof(detachedPayload));
        return Algorithm is { } algorithm && !HasCriticalHeaders
            && algorithm.Verify(subjectPublicKeyInfo, ToBeSigned(_protected, (Payload ?? detachedPayload)!.Value), _signature.Span);
    }

    /// <summary>The message as it was before anything was added to its unprotected header, tagged: what a receipt is about.</summary>
    public byte[] WithoutUnprotectedHeader() => Message(_protected, Payload, _signature);

    /// <summary>The certificates of the protected header (<c>x5chain</c>), leaf first; empty where there are none.</summary>
    /// <exception cref="MalformedException">The header is there and is no chain of certificates.</exception>
    public IReadOnlyList<Certificate> CertificateChain()
    {
        return Protected[CoseLabels.CertificateChain] switch
        {
            null => [],
            CborValue.Bytes one => [Certificate.Parse(one.Value.Span)],
            CborValue.Array { Items.Count: <= MaximumCertificates } several => [.. several.Items.Select(item => item is CborValue.Bytes der ? Certificate.Parse(der.Value.Span) : throw NoChain())],
            _ => throw NoChain(),
        };

        MalformedException NoChain() => new(_format, "x5chain", $"is not one to {MaximumCertificates} certificates");
    }

    // RFC 9052 4.4: the Sig_structure of COSE_Sign1, no external data.
    private static byte[] ToBeSigned(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> payload) => new CborValue.Array(
        [new CborValue.Text("Signature1"), new CborValue.Bytes(header), new CborValue.Bytes(ReadOnlyMemory<byte>.Empty), new CborValue.Bytes(payload)]).Encode();

    private static byte[] Message(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte>? payload, ReadOnlyMemory<byte> signature) => new CborValue.Tagged(Tag, new CborValue.Array(
        [new CborValue.Bytes(header), new CborValue.Map([]), payload is { } attached ? new CborValue.Bytes(attached) : new CborValue.Null(), new CborValue.Bytes(signature)])).Encode();
}
