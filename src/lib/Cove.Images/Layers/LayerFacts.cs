using Cove.Images.Oci;
using Cove.Images.Verity;

namespace Cove.Images.Layers;

/// <summary>What a layer's tar determines.</summary>
/// <param name="Root">The dm-verity root of the layer's file system: what policies name.</param>
/// <param name="ImageSize">Bytes of the ext4 image.</param>
/// <param name="DiffId">The digest of the uncompressed tar: what an image's configuration names.</param>
public sealed record LayerFacts(RootHash Root, long ImageSize, Digest DiffId);
