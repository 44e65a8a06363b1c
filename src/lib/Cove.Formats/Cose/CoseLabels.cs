namespace Cove.Formats.Cose;

/// <summary>Header labels (IANA COSE registry) that are read here.</summary>
public static class CoseLabels
{
    /// <summary>Signature algorithm.</summary>
    public const long Algorithm = 1;

    /// <summary>Headers that a reader must understand.</summary>
    public const long Critical = 2;

    /// <summary>Content type of the payload.</summary>
    public const long ContentType = 3;

    /// <summary>Key identifier.</summary>
    public const long KeyId = 4;

    /// <summary>CWT claims (RFC 9597).</summary>
    public const long CwtClaims = 15;

    /// <summary>Certificates, leaf first (RFC 9360).</summary>
    public const long CertificateChain = 33;

    /// <summary>Hash of the signer's certificate (RFC 9360).</summary>
    public const long CertificateHash = 34;

    /// <summary>Hash algorithm of the payload's preimage.</summary>
    public const long PayloadHashAlgorithm = 258;

    /// <summary>Content type of the payload's preimage.</summary>
    public const long PreimageContentType = 259;

    /// <summary>Receipts of transparency services.</summary>
    public const long Receipts = 394;

    /// <summary>Which verifiable data structure a receipt is of.</summary>
    public const long VerifiableDataStructure = 395;

    /// <summary>A receipt's proofs.</summary>
    public const long VerifiableDataProofs = 396;
}
