namespace Cove.Attestation.Dcap;

/// <summary>TEE_TYPE of a quote: which kind of TEE it is about.</summary>
public enum QuoteTee
{
    /// <summary>An SGX enclave.</summary>
    Sgx = 0,

    /// <summary>A TDX trust domain.</summary>
    Tdx = 0x81,
}
