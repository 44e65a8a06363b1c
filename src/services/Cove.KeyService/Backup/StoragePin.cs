namespace Cove.KeyService.Backup;

/// <summary>Blob storage that full backups may go to and come from, and the certificate authority under which its certificate must be.</summary>
/// <param name="Url">An account, or a container in one; what lies below it is permitted.</param>
/// <param name="CertificateAuthorityFile">PEM file of root certificates; null for those of the operating system.</param>
internal sealed record StoragePin(Uri Url, string? CertificateAuthorityFile)
{
    /// <summary>Whether the container is this place or below it.</summary>
    public bool Covers(Uri container) => container.GetLeftPart(UriPartial.Authority) == Url.GetLeftPart(UriPartial.Authority)
        && $"{container.AbsolutePath.TrimEnd('/')}/".StartsWith($"{Url.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal);
}
