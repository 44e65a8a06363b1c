namespace Cove.Sidecar.Uvm;

/// <summary>
/// What the utility VM tells its containers about itself, as text: base64 of the measurement's endorsement, the platform's certificates
/// as the host gave them, and base64 of the policy. Nothing here is trusted: whoever verifies the evidence checks it.
/// </summary>
/// <param name="ReferenceInfo">Base64 of the COSE_Sign1 endorsement; empty where there is none.</param>
/// <param name="Certificates">The chip's certificates; empty ones where the host gave none.</param>
/// <param name="Policy">Base64 of the policy whose hash is in the report; empty where there is none.</param>
internal sealed record UvmInformation(string ReferenceInfo, ThimCertificates Certificates, string Policy)
{
    public static UvmInformation Empty { get; } = new(string.Empty, ThimCertificates.Empty, string.Empty);
}
