using Cove.Images.Layers;

namespace Cove.Images.Store;

/// <summary>What a policy needs to know of an image.</summary>
/// <param name="Image">The image and its configuration.</param>
/// <param name="Layers">What its layers determine, base first.</param>
public sealed record HashedImage(StoredImage Image, IReadOnlyList<LayerFacts> Layers)
{
    /// <summary>The layers' dm-verity root hashes as policies write them, base first.</summary>
    public IReadOnlyList<string> RootHashes => [.. Layers.Select(layer => layer.Root.Hex)];
}
