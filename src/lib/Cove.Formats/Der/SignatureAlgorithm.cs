namespace Cove.Formats.Der;

/// <summary>How a certificate, or another signed DER structure, was signed. Anything not listed here is refused when parsed.</summary>
public enum SignatureAlgorithm
{
    /// <summary>RSASSA-PSS, SHA-256 also for MGF1, salt of 32 bytes.</summary>
    RsaPssSha256,

    /// <summary>RSASSA-PSS, SHA-384 also for MGF1, salt of 48 bytes.</summary>
    RsaPssSha384,

    /// <summary>RSASSA-PSS, SHA-512 also for MGF1, salt of 64 bytes.</summary>
    RsaPssSha512,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RsaPkcs1Sha256,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384.</summary>
    RsaPkcs1Sha384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512.</summary>
    RsaPkcs1Sha512,

    /// <summary>ECDSA with SHA-256.</summary>
    EcdsaSha256,

    /// <summary>ECDSA with SHA-384.</summary>
    EcdsaSha384,

    /// <summary>ECDSA with SHA-512.</summary>
    EcdsaSha512,
}
