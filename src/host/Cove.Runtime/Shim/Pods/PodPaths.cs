namespace Cove.Runtime.Shim.Pods;

/// <summary>Where a group's folder is.</summary>
internal static class PodPaths
{
    // Socket paths have 107 bytes at most.
    private const int NameLength = 16;

    /// <param name="key">The group's key, 64 hex digits.</param>
    public static string Folder(ShimSettings settings, string key) => Path.Combine(settings.State, key[..NameLength]);
}
