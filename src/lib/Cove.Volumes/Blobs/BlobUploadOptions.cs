namespace Cove.Volumes.Blobs;

/// <summary>How an image is uploaded.</summary>
public sealed record BlobUploadOptions
{
    /// <summary>Makes a page blob, which can be mounted for writing; else a block blob.</summary>
    public bool AsPageBlob { get; init; }

    /// <summary>Makes the container where there is none.</summary>
    public bool CreateContainer { get; init; }

    /// <summary>Lets everybody read the blobs of a container that is made.</summary>
    public bool PublicRead { get; init; }

    /// <summary>Requests at once.</summary>
    public int Parallel { get; init; } = 4;
}
