using System.Text.RegularExpressions;
using Cove.KeyService.Api;

namespace Cove.KeyService.Backup;

/// <summary>Where a full backup lies: a folder of a blob container, and the shared access signature that opens it.</summary>
internal sealed partial class BackupPlace
{
    private const int MaximumUrl = 2048;
    private const int MaximumToken = 2048;
    private const int MaximumFolder = 512;
    private const string BlobName = "cove-full-backup";
    private readonly string _token;

    private BackupPlace(Uri container, string folder, string token) => (Container, Folder, _token) = (container, folder, token);

    public Uri Container { get; }

    /// <summary>The folder, below the container.</summary>
    public string Folder { get; }

    /// <summary>The folder's own name, which the backup in it is bound to.</summary>
    public string Name => Folder[(Folder.LastIndexOf('/') + 1)..];

    /// <summary>The folder's URL, without the signature.</summary>
    public string Url => $"{Container.AbsoluteUri.TrimEnd('/')}/{Folder}";

    /// <summary>The backup's URL with the signature, which is a secret.</summary>
    public string SignedBlobUrl => $"{Url}/{BlobName}?{_token}";

    /// <summary>A new folder in the container of a request to back up.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">400: it is no container's URL, or no signature.</exception>
    public static BackupPlace New(RequestJson sas, string folder) => Parse(sas, folder);

    /// <summary>The folder of a request to restore.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">400: as for <see cref="New"/>, or no folder.</exception>
    public static BackupPlace Existing(RequestJson sas, string folder) => folder.Length <= MaximumFolder && FolderPattern().IsMatch(folder)
        ? Parse(sas, folder)
        : throw KeyErrors.BadParameter("The folder is not a path of letters, digits and hyphens.");

    /// <summary>Without the signature.</summary>
    public override string ToString() => Url;

    private static BackupPlace Parse(RequestJson sas, string folder)
    {
        if (sas.Flag("useManagedIdentity") == true) throw KeyErrors.BadParameter("useManagedIdentity is not supported: give a SAS token.");
        var url = sas.RequiredText("storageResourceUri");
        if (url.Length > MaximumUrl || !Uri.TryCreate(url, UriKind.Absolute, out var container) || container.Scheme != Uri.UriSchemeHttps || container.UserInfo.Length > 0
            || container.Query.Length > 0 || container.Fragment.Length > 0 || container.AbsolutePath.Trim('/').Length == 0)
            throw KeyErrors.BadParameter("storageResourceUri is not the https URL of a blob container.");
        var token = sas.RequiredText("token").TrimStart('?');
        return token.Length is > 0 and <= MaximumToken && TokenPattern().IsMatch(token)
            ? new(container, folder, token)
            : throw KeyErrors.BadParameter("token is not a shared access signature.");
    }

    [GeneratedRegex(@"\A[0-9A-Za-z$-]+(/[0-9A-Za-z$-]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FolderPattern();

    // What a query may hold, so that nothing of it becomes another part of the URL.
    [GeneratedRegex(@"\A[0-9A-Za-z%&=+:/._~,-]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TokenPattern();
}
