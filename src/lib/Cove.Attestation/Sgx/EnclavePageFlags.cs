namespace Cove.Attestation.Sgx;

/// <summary>SECINFO.FLAGS of an enclave page (Intel SDM 34.11): its permissions and its kind.</summary>
[Flags]
public enum EnclavePageFlags : long
{
    /// <summary>No permission: a thread control structure has none.</summary>
    None = 0,

    /// <summary>R: readable from inside.</summary>
    Read = 0x1,

    /// <summary>W: writable from inside.</summary>
    Write = 0x2,

    /// <summary>X: executable from inside.</summary>
    Execute = 0x4,

    /// <summary>PT_TCS: a thread control structure.</summary>
    ThreadControl = 0x100,

    /// <summary>PT_REG: a regular page.</summary>
    Regular = 0x200,
}
