namespace Cove.Attestation.Dcap;

/// <summary>How a quote says which PCK certificate signed its quoting enclave's report (DCAP quote format, certification data types).</summary>
public enum CertificationType
{
    /// <summary>PPID in the clear, with CPUSVN and PCESVN.</summary>
    PpidClear = 1,

    /// <summary>PPID encrypted with RSA-2048.</summary>
    PpidRsa2048 = 2,

    /// <summary>PPID encrypted with RSA-3072.</summary>
    PpidRsa3072 = 3,

    /// <summary>The PCK certificate alone, in PEM.</summary>
    PckLeaf = 4,

    /// <summary>The PCK certificate with its issuers, in PEM.</summary>
    PckChain = 5,
}
