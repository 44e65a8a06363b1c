namespace Cove.Attestation.Uvm;

/// <summary>The two forms of an endorsement.</summary>
public enum UvmEndorsementForm
{
    /// <summary>The payload is JSON with measurement and security version, as guests and services of every age read it.</summary>
    Json,

    /// <summary>The payload is the measurement itself and everything else stands in the header (COSE hash envelope), as transparency services register it.</summary>
    HashEnvelope,
}
