namespace Cove.Tests;

/// <summary>Where the shared test vectors are. A test that needs them skips, with its reason, where the folder is absent.</summary>
internal static class Vectors
{
    private static readonly string? Root = Find();

    /// <summary>The path of a file or folder under the vectors, or a skip where there are none.</summary>
    public static string Path(params string[] parts)
    {
        Assert.SkipWhen(Root is null, "the shared vectors are not here (set COVE_VECTORS, or put them in ../shared/vectors)");
        return System.IO.Path.Combine([Root!, .. parts]);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("COVE_VECTORS") is { Length: > 0 } set)
            return Directory.Exists(set) ? set : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Cove.slnx")))
            {
                // A git worktree may lie deeper than the main checkout does, so look beside every ancestor.
                for (var at = folder; at is not null; at = at.Parent)
                {
                    var candidate = System.IO.Path.Combine(at.FullName, "..", "shared", "vectors");
                    if (Directory.Exists(candidate)) return System.IO.Path.GetFullPath(candidate);
                }

                return null;
            }
        }

        return null;
    }
}
