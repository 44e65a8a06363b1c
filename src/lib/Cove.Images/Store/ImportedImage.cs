using Cove.Images.Oci;

namespace Cove.Images.Store;

/// <summary>What an import brought in.</summary>
/// <param name="Names">The names it can now be resolved by; empty when it had none and none was given.</param>
/// <param name="Image">The image.</param>
public sealed record ImportedImage(IReadOnlyList<ImageReference> Names, StoredImage Image);
