namespace Cove.Volumes.Blobs;

/// <summary>What an upload did.</summary>
/// <param name="Bytes">Bytes of the image.</param>
/// <param name="Sent">Bytes that were sent.</param>
/// <param name="Resumed">Bytes that an upload before had sent.</param>
/// <param name="Digest">SHA-256 of the image, lower-case hex; also in the blob's metadata.</param>
public sealed record BlobUploadResult(long Bytes, long Sent, long Resumed, string Digest);
