namespace Cove.Protocol.Messages;

/// <summary>
/// Files of the security-context directory that come from the host (container-policy §4.6). The guest does not verify them; relying parties do.
/// </summary>
/// <param name="HostAmdCertificate">Content of <c>host-amd-cert-base64</c>: base64 of the THIM JSON (VCEK, chain, TCB).</param>
/// <param name="ReferenceInfo">Content of <c>reference-info-base64</c>: base64 of the COSE_Sign1 that endorses the guest image.</param>
/// <param name="TransparentReferenceInfo">Content of <c>transparent-reference-info-base64</c>: its hash-envelope twin.</param>
public sealed record SecurityContext(
    string? HostAmdCertificate = null, string? ReferenceInfo = null, string? TransparentReferenceInfo = null)
{
    /// <summary>The context that a host hands over which knows the processor's certificates and nothing of the image.</summary>
    /// <param name="certificates">The THIM JSON; empty where the host does not have it.</param>
    public static SecurityContext Of(ReadOnlySpan<byte> certificates) => new(certificates.IsEmpty ? null : Convert.ToBase64String(certificates));
}
