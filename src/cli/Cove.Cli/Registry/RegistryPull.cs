using Cove.Images.Oci;
using Cove.Images.Registry;
using Cove.Images.Store;

namespace Cove.Cli.Registry;

/// <summary>Fetches images as commands that need them do: from the registry that the name says, for nobody in particular.</summary>
internal static class RegistryPull
{
    /// <summary>A way to fetch images into the store.</summary>
    public static Func<ImageReference, CancellationToken, StoredImage> For(Invocation call) => (reference, cancellation) =>
    {
        using var http = call.RegistryHttp();
        return RegistryImages.Pull(new RegistryClient(http, reference.Registry), reference, new ImageStore(CoveHome.Ensure(call.Home.Images)), cancellation);
    };
}
