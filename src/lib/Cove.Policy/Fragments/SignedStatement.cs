using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Policy.Fragments;

/// <summary>
/// A COSE_Sign1 whose issuer is a <c>did:x509</c> of the certificates in its header: how fragments, trust lists and reference infos
/// travel (spec §2.6). Parsing verifies nothing; <see cref="Verify"/> does.
/// </summary>
public sealed class SignedStatement
{
    /// <summary>Largest statement that is read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const string Format = "signed statement";
    private const string Section = "container-policy §2.6";
    private const long CwtIssuer = 1;
    private const long CwtSubject = 2;
    private const int MaximumReceipts = 8;

    private SignedStatement(CoseSign1 message, IReadOnlyList<Certificate> certificates, string issuer, string feed, long? svn, ReadOnlyMemory<byte> payload) =>
        (Message, Certificates, Issuer, Feed, Svn, Payload) = (message, certificates, issuer, feed, svn, payload);

    /// <summary>Who signed it, by its own account.</summary>
    public string Issuer { get; }

    /// <summary>Which of the issuer's statements it is, by its own account.</summary>
    public string Feed { get; }

    /// <summary>The security version that the protected header names; null where it names none.</summary>
    public long? Svn { get; }

    /// <summary>What was signed.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The signer's chain, leaf first.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    internal CoseSign1 Message { get; }

    /// <summary>Parses a statement.</summary>
    /// <exception cref="MalformedException">It is not one, or lacks what every statement has.</exception>
    public static SignedStatement Parse(ReadOnlyMemory<byte> data)
    {
        if (data.Length > MaxBytes) throw new MalformedException(Format, "message", $"is {data.Length} bytes, at most {MaxBytes}");
        var message = CoseSign1.Parse(data, Format);
        if (message.Protected[CoseLabels.Algorithm] is null) throw new MalformedException(Format, "alg", "is missing");
        if (message.Payload is not { } payload) throw new MalformedException(Format, "payload", "is detached");
        var certificates = message.CertificateChain();
        if (certificates.Count == 0) throw new MalformedException(Format, "x5chain", "is missing");
        if (message.Protected[CoseLabels.CwtClaims] is not CborValue.Map claims)
            return new SignedStatement(message, certificates, Text(message.Protected["iss"], "iss"), Text(message.Protected["feed"], "feed"), null, payload);
        long? svn = claims["svn"] switch
        {
            null => null,
            CborValue.Integer number => number.Value,
            _ => throw new MalformedException(Format, "svn", "is not an integer"),
        };
        return new SignedStatement(message, certificates, Text(claims[CwtIssuer], "iss"), Text(claims[CwtSubject], "sub"), svn, payload);
    }

    /// <summary>
    /// Verifies the chain, the signature, and that the issuer's identifier stands for the signer. The chain is judged as of its leaf's last
    /// day, so a statement does not expire: it is revoked by raising the minimum version that policies ask for.
    /// </summary>
    /// <exception cref="MalformedException">The issuer is no <c>did:x509</c>, or a certificate's extension cannot be read.</exception>
    public Verdict<VerifiedStatement> Verify()
    {
        var findings = CertificatePath.Verify(Certificates, Certificates[0].NotAfter);
        if (!Message.IsSignedBy(Certificates[0].SubjectPublicKeyInfo.Span))
            findings.Add(new("statement-signature-invalid", "signature", "a signature by the first certificate's key, with an accepted algorithm", "another", Section));
        findings.AddRange(DidX509.Parse(Issuer).Match(Certificates));
        return findings.Count > 0 ? findings : new VerifiedStatement(this);
    }

    /// <summary>The receipts that ledgers gave for it. Those that cannot be read are left out: they prove nothing.</summary>
    internal IEnumerable<TransparencyReceipt> Receipts()
    {
        if (Message.Unprotected[CoseLabels.Receipts] is not CborValue.Array receipts) yield break;
        foreach (var item in receipts.Items.Take(MaximumReceipts).OfType<CborValue.Bytes>())
        {
            if (Read(item) is { } receipt) yield return receipt;
        }
    }

    private static TransparencyReceipt? Read(CborValue.Bytes item)
    {
        try
        {
            return TransparencyReceipt.Parse(item.Value);
        }
        catch (MalformedException)
        {
            // Anyone can add one on the way; one that is no receipt takes nothing away from the others (spec §2.6).
            return null;
        }
    }

    private static string Text(CborValue? value, string field) =>
        value is CborValue.Text { Value.Length: > 0 } text ? text.Value : throw new MalformedException(Format, field, "is missing, empty or not text");
}
