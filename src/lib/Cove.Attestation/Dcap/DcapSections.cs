namespace Cove.Attestation.Dcap;

/// <summary>Where the rules stand, as findings cite them.</summary>
internal static class DcapSections
{
    public const string Quote = "DCAP quote format";
    public const string Pck = "Intel PCK certificate profile";
    public const string Collateral = "Intel PCS API v4";
    public const string Tcb = "Intel PCS API v4, TCB info";
    public const string QeIdentity = "Intel PCS API v4, enclave identity";
    public const string Path = "RFC 5280 6.1";
    public const string Binding = "MAA attest";
    public const string Enclave = "Intel SDM 34";
    public const string TrustDomain = "TDX module ABI 3.4";
}
