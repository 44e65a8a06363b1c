using Cove.Images.Oci;

namespace Cove.Images.Store;

/// <summary>A layer of a stored image.</summary>
/// <param name="Blob">The blob as stored, perhaps compressed.</param>
/// <param name="DiffId">The digest of the uncompressed tar.</param>
public sealed record StoredLayer(Descriptor Blob, Digest DiffId);

/// <summary>An image in a store.</summary>
/// <param name="Digest">The digest that a pinned reference names: the manifest's, or that of the index it was chosen from.</param>
/// <param name="Manifest">The manifest for linux/amd64.</param>
/// <param name="Configuration">How its container runs by default.</param>
/// <param name="Layers">The layers, base first.</param>
public sealed record StoredImage(Digest Digest, Descriptor Manifest, ImageConfiguration Configuration, IReadOnlyList<StoredLayer> Layers);
