namespace Cove.Cli.Tests;

/// <summary>The checked-out tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Cove.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("the tests are not inside a checkout of the repository");
    }
}
