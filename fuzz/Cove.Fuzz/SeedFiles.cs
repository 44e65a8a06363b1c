namespace Cove.Fuzz;

/// <summary>The shared test vectors, where they are; no seed comes from them where they are not.</summary>
internal sealed class SeedFiles
{
    private readonly string? root = Find();

    /// <summary>The content of these files of <c>vectors/attestation</c>, where they exist.</summary>
    public IEnumerable<byte[]> Attestation(params IEnumerable<string> paths) => Of(paths.Select(path => Path.Combine("attestation", path)));

    /// <summary>The content of these files of <c>vectors</c>, where they exist.</summary>
    public IEnumerable<byte[]> Of(params IEnumerable<string> paths) =>
        root is null ? [] : paths.Select(path => Path.Combine(root, path)).Where(File.Exists).Select(File.ReadAllBytes);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("COVE_VECTORS") is { Length: > 0 } set) return set;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "..", "shared", "vectors");
            if (Directory.Exists(candidate)) return Path.GetFullPath(candidate);
        }

        return null;
    }
}
