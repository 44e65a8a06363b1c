using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Cove.Tests;

/// <summary>Images as other tools compress them.</summary>
internal static class Recompressed
{
    /// <summary>Writes an OCI archive anew with its layers compressed. Everything else stays: the configuration, and with it the digests of the layers' tars.</summary>
    /// <param name="archive">An OCI archive of one image with plain layers.</param>
    /// <param name="path">Where the new one goes.</param>
    /// <param name="suffix">What the media type of its layers ends with.</param>
    /// <param name="compress">Compresses what is written to the stream it returns into the one it is given, which stays open.</param>
    public static void Write(string archive, string path, string suffix, Func<Stream, Stream> compress)
    {
        var folder = Directory.CreateTempSubdirectory("cove-recompressed-");
        try
        {
            TarFile.ExtractToDirectory(archive, folder.FullName, overwriteFiles: false);
            var index = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, "index.json")))!;
            var top = index["manifests"]![0]!;
            var manifest = JsonNode.Parse(File.ReadAllText(Blob(folder.FullName, top)))!;
            foreach (var layer in manifest["layers"]!.AsArray())
            {
                using var packed = new MemoryStream();
                using (var compressor = compress(packed)) compressor.Write(File.ReadAllBytes(Blob(folder.FullName, layer!)));
                File.Delete(Blob(folder.FullName, layer!));
                layer!["mediaType"] = (string)layer["mediaType"]! + suffix;
                Put(folder.FullName, layer, packed.ToArray());
            }

            Put(folder.FullName, top, System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString()));
            File.WriteAllText(Path.Combine(folder.FullName, "index.json"), index.ToJsonString());
            TarFile.CreateFromDirectory(folder.FullName, path, includeBaseDirectory: false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Blob(string folder, JsonNode descriptor) => Path.Combine(folder, "blobs", ((string)descriptor["digest"]!).Replace(':', '/'));

    private static void Put(string folder, JsonNode descriptor, byte[] content)
    {
        descriptor["digest"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        descriptor["size"] = content.Length;
        File.WriteAllBytes(Blob(folder, descriptor), content);
    }
}
