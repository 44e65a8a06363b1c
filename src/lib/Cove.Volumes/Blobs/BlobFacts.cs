namespace Cove.Volumes.Blobs;

/// <summary>What the service says about a blob.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="IsPageBlob">Whether it is a page blob, which can be written in place.</param>
/// <param name="ETag">Its present version.</param>
/// <param name="Metadata">Its metadata, names in lower case.</param>
public sealed record BlobFacts(long Length, bool IsPageBlob, string ETag, IReadOnlyDictionary<string, string> Metadata);
