using System.Globalization;
using System.Text.Json;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Uvm;

/// <summary>
/// A statement that a launch measurement is that of a published guest image ("reference info"), as COSE_Sign1: with a JSON payload,
/// or as a hash envelope whose payload is the measurement itself. Parsing verifies nothing.
/// </summary>
public sealed class UvmEndorsement
{
    /// <summary>Bytes of a launch measurement.</summary>
    public const int MeasurementSize = 48;

    private const string Format = "UVM endorsement";
    private const int MaximumReceipts = 8;
    private const int MaximumPayload = 64 * 1024;
    private const long Sha384Preimage = -43;
    private const long CwtIssuer = 1;
    private const long CwtSubject = 2;
    private const long CwtIssuedAt = 6;

    private UvmEndorsement(CoseSign1 message, string issuer, string feed, long svn, byte[] measurement, DateTimeOffset? signedAt)
    {
        Message = message;
        Certificates = message.CertificateChain();
        Issuer = issuer;
        Feed = feed;
        Svn = svn;
        Measurement = measurement;
        SignedAt = signedAt;
    }

    /// <summary>The signed message.</summary>
    public CoseSign1 Message { get; }

    /// <summary>The signer's chain, leaf first.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>Who endorses, by its own account: a <c>did:x509</c>.</summary>
    public string Issuer { get; }

    /// <summary>The line of images.</summary>
    public string Feed { get; }

    /// <summary>The image's security version.</summary>
    public long Svn { get; }

    /// <summary>The endorsed launch measurement, 48 bytes.</summary>
    public ReadOnlyMemory<byte> Measurement { get; }

    /// <summary>When it was signed, by the signer's account; null where it does not say.</summary>
    public DateTimeOffset? SignedAt { get; }

    /// <summary>Receipts of transparency services that whoever passed the endorsement on has added, as they are.</summary>
    /// <exception cref="MalformedException">There is something in their place that is no list of receipts.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Receipts() => Message.Unprotected[CoseLabels.Receipts] switch
    {
        null => [],
        CborValue.Array { Items.Count: <= MaximumReceipts } receipts => [.. receipts.Items.Select(item => item is CborValue.Bytes receipt ? receipt.Value : throw NoReceipts())],
        _ => throw NoReceipts(),
    };

    /// <summary>Parses either form.</summary>
    /// <exception cref="MalformedException">It is neither.</exception>
    public static UvmEndorsement Parse(ReadOnlyMemory<byte> data)
    {
        var message = CoseSign1.Parse(data, Format);
        if (message.Payload is not { } payload) throw new MalformedException(Format, "payload", "is detached");
        return message.Protected[CoseLabels.PayloadHashAlgorithm] is null ? ParseJson(message, payload) : ParseEnvelope(message, payload);
    }

    private static UvmEndorsement ParseJson(CoseSign1 message, ReadOnlyMemory<byte> payload)
    {
        using var document = StrictJson.ParseObject(payload, Format, MaximumPayload);
        var body = document.RootElement;
        var measurement = StrictJson.RequiredString(body, "x-ms-sevsnpvm-launchmeasurement", Format);
        if (measurement.Length != 2 * MeasurementSize || !measurement.All(char.IsAsciiHexDigit))
            throw new MalformedException(Format, "x-ms-sevsnpvm-launchmeasurement", $"is not {2 * MeasurementSize} hex digits");
        var header = message.Protected;
        return new UvmEndorsement(message, Text(header["iss"], "iss"), Text(header["feed"], "feed"), ReadSvn(body), Convert.FromHexString(measurement), Time(header["signingtime"], "signingtime"));
    }

    private static UvmEndorsement ParseEnvelope(CoseSign1 message, ReadOnlyMemory<byte> payload)
    {
        if (message.Protected[CoseLabels.PayloadHashAlgorithm] is not CborValue.Integer { Value: Sha384Preimage } || payload.Length != MeasurementSize)
            throw new MalformedException(Format, "payload", $"is {payload.Length} bytes of another hash, expected a SHA-384 of {MeasurementSize} bytes");
        if (message.Protected[CoseLabels.CwtClaims] is not CborValue.Map claims) throw new MalformedException(Format, "CWT claims", "are missing");
        var svn = claims["svn"] is CborValue.Integer { Value: >= 0 } number ? number.Value : throw new MalformedException(Format, "svn", "is missing or not a whole number");
        return new UvmEndorsement(message, Text(claims[CwtIssuer], "iss"), Text(claims[CwtSubject], "sub"), svn, payload.ToArray(), Time(claims[CwtIssuedAt], "iat"));
    }

    private static MalformedException NoReceipts() => new(Format, "receipts", $"are not a list of at most {MaximumReceipts} byte strings");

    private static string Text(CborValue? value, string field) => value is CborValue.Text text ? text.Value : throw new MalformedException(Format, field, "is missing or not text");

    // Tag 1 (RFC 8949 3.4.2): seconds since 1970. Whole seconds are all that was ever seen.
    private static DateTimeOffset? Time(CborValue? value, string field) => value switch
    {
        null => null,
        CborValue.Tagged { Tag: 1, Content: CborValue.Integer { Value: >= 0 and <= 253402300799 } seconds } => DateTimeOffset.FromUnixTimeSeconds(seconds.Value),
        _ => throw new MalformedException(Format, field, "is not a time in whole seconds (CBOR tag 1)"),
    };

    // Written as a string at first and as a number by some signers since; newer ones add a member that is always a number. A minimum must
    // hold for all that a signer said, so the lowest counts.
    private static long ReadSvn(JsonElement body)
    {
        const string name = "x-ms-sevsnpvm-guestsvn";
        if (!body.TryGetProperty(name, out var svn)) throw new MalformedException(Format, name, "is missing");
        var lowest = Whole(svn, name);
        return body.TryGetProperty(name + "-int", out var number) ? Math.Min(lowest, Whole(number, name + "-int")) : lowest;
    }

    private static long Whole(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) && number >= 0 => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new MalformedException(Format, name, "is not a whole number"),
    };
}
