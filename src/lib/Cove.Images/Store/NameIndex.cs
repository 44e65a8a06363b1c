using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Images.Oci;

namespace Cove.Images.Store;

/// <summary>Names and the digests they stand for, one small file a name: a rename replaces it, so that no lock is needed.</summary>
internal sealed class NameIndex(string root, string temporaryFolder)
{
    private const string Extension = ".json";
    private readonly string folder = Path.Combine(root, "names");

    public void Set(string name, Digest digest)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("digest", digest.ToString());
            json.WriteEndObject();
        }

        AtomicFile.Write(PathOf(name), temporaryFolder, buffer.ToArray());
    }

    public Digest? Find(string name) => TryRead(PathOf(name)) is { } found && found.Name == name ? found.Digest : null;

    public bool Remove(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path)) return false;
        File.Delete(path);
        return true;
    }

    public IReadOnlyList<(string Name, Digest Digest)> All() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(TryRead).OfType<(string Name, Digest Digest)>().OrderBy(entry => entry.Name, StringComparer.Ordinal)]
        : [];

    private static (string Name, Digest Digest)? TryRead(string path)
    {
        try
        {
            using var document = OciJson.Parse(File.ReadAllBytes(path), path);
            return (OciJson.Text(document.RootElement, "name"), Digest.Parse(OciJson.Text(document.RootElement, "digest")));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A name is longer than a file name may be, and has slashes.
    private string PathOf(string name) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))) + Extension);
}
