namespace Cove.Attestation.Dcap;

/// <summary>A service that has collateral: Intel's own, or a cache of it with the same paths.</summary>
/// <param name="Address">What stands before <c>sgx/certification/v4</c>; ends with a slash.</param>
/// <param name="RootCrl">Where the root's revocation list is.</param>
public sealed record PcsService(Uri Address, Uri RootCrl)
{
    /// <summary>Intel's provisioning certification service.</summary>
    public static PcsService Intel { get; } =
        new(new Uri("https://api.trustedservices.intel.com/"), new Uri("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"));

    /// <summary>Azure's cache, as a virtual machine there reaches it. Its HttpClient must send the header <c>Metadata: true</c>.</summary>
    public static PcsService AzureThim { get; } = Cache(new Uri("http://169.254.169.254/metadata/THIM/"));

    /// <summary>A cache (PCCS): everything is under one address.</summary>
    /// <param name="address">Its address, with or without a slash at the end.</param>
    public static PcsService Cache(Uri address)
    {
        var folder = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        return new PcsService(folder, new Uri(folder, "sgx/certification/v4/rootcacrl"));
    }
}
