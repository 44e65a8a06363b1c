using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Cbor;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Formats.Cose;

/// <summary>
/// A ledger's proof that a signed statement was registered with it (COSE receipt, CCF profile): a path from the statement's hash to a
/// Merkle root, and the ledger's signature over that root. Parsing verifies nothing.
/// </summary>
public sealed class TransparencyReceipt
{
    private const string Format = "transparency receipt";
    private const string Section = "draft-ietf-scitt-receipts-ccf-profile";
    private const long CcfLedger = 2;
    private const long CwtIssuer = 1;
    private const long InclusionProofs = -1;
    private const int MaximumProofs = 8;
    private const int MaximumPath = 64;
    private readonly CoseSign1 _message;
    private readonly IReadOnlyList<Proof> _proofs;

    private TransparencyReceipt(CoseSign1 message, string issuer, string keyId, IReadOnlyList<Proof> proofs)
    {
        _message = message;
        Issuer = issuer;
        KeyId = keyId;
        _proofs = proofs;
    }

    /// <summary>Which ledger, by its own account.</summary>
    public string Issuer { get; }

    /// <summary>Which of the ledger's keys made it, by its own account.</summary>
    public string KeyId { get; }

    /// <summary>Parses a receipt.</summary>
    /// <exception cref="MalformedException">It is no receipt of a CCF ledger.</exception>
    public static TransparencyReceipt Parse(ReadOnlyMemory<byte> data)
    {
        var message = CoseSign1.Parse(data, Format);
        if (message.Payload is not null) throw new MalformedException(Format, "payload", "is there, although it is to be the computed root");
        if (message.Protected[CoseLabels.VerifiableDataStructure] is not CborValue.Integer { Value: CcfLedger }) throw new MalformedException(Format, "vds", "is not 2 (CCF ledger)");
        if (message.Protected[CoseLabels.KeyId] is not CborValue.Bytes keyId) throw new MalformedException(Format, "kid", "is missing");
        if (message.Protected[CoseLabels.CwtClaims] is not CborValue.Map claims || claims[CwtIssuer] is not CborValue.Text issuer) throw new MalformedException(Format, "iss", "is missing");
        if (message.Unprotected[CoseLabels.VerifiableDataProofs] is not CborValue.Map proofs || proofs[InclusionProofs] is not CborValue.Array { Items: { Count: > 0 and <= MaximumProofs } list })
            throw new MalformedException(Format, "vdp", $"is not one to {MaximumProofs} inclusion proofs");
        return new TransparencyReceipt(message, issuer.Value, Encoding.ASCII.GetString(keyId.Value.Span), [.. list.Select(ParseProof)]);
    }

    /// <summary>Every reason why the receipt does not prove that one of these ledgers registered the statement; none when it does.</summary>
    public IReadOnlyList<Finding> Verify(CoseSign1 statement, IReadOnlyList<TransparencyLedger> ledgers)
    {
        if (ledgers.FirstOrDefault(ledger => ledger.Issuer == Issuer) is not { } known)
            return [new("receipt-issuer-not-accepted", "iss", string.Join(" or ", ledgers.Select(ledger => ledger.Issuer)), Issuer, Section)];
        if (known.Keys.Find(KeyId) is not EcJwk key) return [new("receipt-key-unknown", "kid", $"a key of {Issuer}", KeyId, Section)];
        List<Finding> findings = [];
        var registered = SHA256.HashData(statement.WithoutUnprotectedHeader());
        using var ecdsa = key.CreateEcdsa();
        var spki = ecdsa.ExportSubjectPublicKeyInfo();
        foreach (var proof in _proofs)
        {
            if (!_message.IsSignedBy(spki, proof.Root())) findings.Add(new("receipt-signature-invalid", "signature", $"a signature by {Issuer} over the root that the proof leads to", "another", Section));
            if (!proof.DataHash.Span.SequenceEqual(registered))
                findings.Add(new("receipt-of-another-statement", "data-hash", Convert.ToHexStringLower(registered), Convert.ToHexStringLower(proof.DataHash.Span), Section));
        }

        return findings;
    }

    private static Proof ParseProof(CborValue item)
    {
        if (item is not CborValue.Bytes encoded
            || CborValue.Decode(encoded.Value, Format) is not CborValue.Map proof
            || proof[1] is not CborValue.Array { Items: [CborValue.Bytes { Value.Length: SHA256.HashSizeInBytes } transaction, CborValue.Text evidence, CborValue.Bytes { Value.Length: SHA256.HashSizeInBytes } data] }
            || proof[2] is not CborValue.Array { Items: { Count: <= MaximumPath } path })
            throw new MalformedException(Format, "inclusion proof", "is not a leaf and a path");
        return new Proof(transaction.Value, evidence.Value, data.Value, [.. path.Select(step => step is CborValue.Array { Items: [CborValue.Boolean left, CborValue.Bytes { Value.Length: SHA256.HashSizeInBytes } hash] }
            ? new Step(left.Value, hash.Value)
            : throw new MalformedException(Format, "path", "has a step that is not a side and a hash"))]);
    }

    /// <summary>The hash beside the way to the root, and the side that it is on.</summary>
    private sealed record Step(bool Left, ReadOnlyMemory<byte> Hash);

    /// <summary>A leaf of the ledger's tree and the hashes beside the way to its root.</summary>
    private sealed record Proof(ReadOnlyMemory<byte> Transaction, string Evidence, ReadOnlyMemory<byte> DataHash, IReadOnlyList<Step> Path)
    {
        public byte[] Root()
        {
            var node = SHA256.HashData([.. Transaction.Span, .. SHA256.HashData(Encoding.UTF8.GetBytes(Evidence)), .. DataHash.Span]);
            foreach (var (left, hash) in Path) node = SHA256.HashData(left ? [.. hash.Span, .. node] : [.. node, .. hash.Span]);
            return node;
        }
    }
}
