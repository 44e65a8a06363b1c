namespace Cove.Policy.Fragments;

/// <summary>What may be injected into a guest beside its policy, by media type (spec §2.6).</summary>
public static class FragmentMediaTypes
{
    /// <summary>A signed policy fragment. The empty text means the same.</summary>
    public const string Fragment = "application/cose-x509+rego";

    /// <summary>A signed list of ledgers whose receipts count.</summary>
    public const string TrustList = "application/vnd.transparency-trust-list.v1+cose";

    /// <summary>A signed statement about the machine's firmware, passed on to containers.</summary>
    public const string TcbReferenceInfo = "application/vnd.tcb-reference-info.v1+cose";

    /// <summary>A signed statement about the platform, passed on to containers.</summary>
    public const string PlatformReferenceInfo = "application/vnd.platform-reference-info.v1+cose";

    /// <summary>What registries keep fragments under (<c>artifactType</c>).</summary>
    public const string Artifact = "application/x-ms-ccepolicy-frag";
}
