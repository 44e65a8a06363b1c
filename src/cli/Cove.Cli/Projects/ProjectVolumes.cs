using System.Security.Cryptography;
using System.Text;
using Cove.Cli.Development;
using Cove.Cli.Vault;
using Cove.Cli.Volumes;
using Cove.Formats.Jose;
using Cove.Images.Packing;
using Cove.Volumes.Blobs;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Cli.Projects;

/// <summary>
/// The owner's volumes: each a folder of the project as an encrypted image in the development blob store, under a key that the owner keeps
/// and gives to the key service. An image is made again when its folder has changed, and pushed when the store has another.
/// </summary>
internal sealed class ProjectVolumes(Invocation call, Project project, DevelopmentBlobs blobs)
{
    private const string Container = "volumes";

    /// <summary>Whether the project has any.</summary>
    public bool Any => project.File.Volumes.Count > 0;

    /// <summary>The URL of a volume, as policies name it.</summary>
    public string Url(string name) => project.File.Volumes.ContainsKey(name)
        ? blobs.Url($"{Container}/{name}.img")
        : throw Unknown(name);

    /// <summary>What a volume's content is checked against, as policies name it; null before the volume is made.</summary>
    public string? Verity(string name) => project.File.Volumes.ContainsKey(name)
        ? File.Exists(VerityFile(name)) ? File.ReadAllText(VerityFile(name)) : null
        : throw Unknown(name);

    /// <summary>Makes what is not made yet, and pushes it. The keys are not given to anybody here.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (!Any) return;
        using (call.Terminal.Progress("starting the blob store"))
        {
            if (await blobs.EnsureUpAsync(cancellation)) call.Terminal.Step("blobs", $"Azurite started at 127.0.0.1:{blobs.Port} (cove dev down stops it)");
        }

        foreach (var (name, volume) in project.File.Volumes)
        {
            using var progress = call.Terminal.Progress($"preparing volume {name}");
            var image = await EnsureImageAsync(name, volume, progress, cancellation);
            var result = await PushAsync(name, image, progress, cancellation);
            call.Terminal.Step("volume", $"{name}, {Quantity.Bytes(result.Bytes)} encrypted, {(result.Sent > 0 ? "pushed to" : "already at")} {Url(name)}");
        }
    }

    /// <summary>The keys of the volumes, by their names in the key service; the caller disposes them.</summary>
    public async Task<Dictionary<string, Jwk>> KeysAsync(CancellationToken cancellation)
    {
        var keys = new Dictionary<string, Jwk>(StringComparer.Ordinal);
        foreach (var (name, volume) in project.File.Volumes) keys[volume.Key] = await OwnerKeyFile.ReadAsync(call, KeyFile(name), cancellation);
        return keys;
    }

    /// <summary>Gives a volume's key to the key service, unless the service has just this key with the release policy wanted.</summary>
    public async Task GiveAsync(KeyServiceClient client, string keyName, Jwk key, byte[] policy, CancellationToken cancellation)
    {
        var given = GivenFile(project.File.Volumes.First(volume => volume.Value.Key == keyName).Key);
        if (File.Exists(given)
            && await client.Find(keyName, cancellation) is { ReleasePolicy: { } present } bundle
            && ReleasePolicyText.SameAs(present, policy)
            && bundle.Id == await File.ReadAllTextAsync(given, cancellation))
            return;
        var body = KeyRequests.Import(key, policy);
        try
        {
            var imported = await client.Import(keyName, body, cancellation);
            await File.WriteAllTextAsync(given, imported.Id, cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private async Task<string> EnsureImageAsync(string name, ProjectVolume volume, Progress progress, CancellationToken cancellation)
    {
        var source = Path.GetFullPath(volume.Folder, project.Folder);
        if (!Directory.Exists(source)) throw CommandFailedException.Usage("folder-not-found", $"no such folder, {source}");
        var root = (await FolderImage.ComputeRootAsync(source, cancellation)).Hex;
        var image = Path.Combine(State(name), "image");

        // The root of the hash tree is that of the folder, so it also says what the image was made of.
        if (File.Exists(image) && File.Exists(KeyFile(name)) && Verity(name) is { } made && made.EndsWith(root, StringComparison.Ordinal)) return image;
        foreach (var old in (string[])[VerityFile(name), KeyFile(name), GivenFile(name)]) File.Delete(old);
        using var key = OwnerKeyFile.Create(KeyFile(name));
        var (_, verity) = await new VolumeMaker(source, image, 0, "", "", new LuksOptions { Label = name }).MakeAsync(key, progress, cancellation);
        await File.WriteAllTextAsync(VerityFile(name), $"{verity}", cancellation);
        return image;
    }

    private async Task<BlobUploadResult> PushAsync(string name, string image, Progress progress, CancellationToken cancellation)
    {
        await using var file = FileStore.Open(image, writable: false);
        progress.Next($"pushing volume {name}", file.Length);
        using var http = call.Http();
        var client = new BlobClient(http, BlobAddress.Parse(Url(name)), BlobAuthorization.SharedKey(DevelopmentBlobs.Account, DevelopmentBlobs.AccountKey), call.Time);
        var upload = new BlobUpload(client, new BlobUploadOptions { AsPageBlob = true, CreateContainer = true, PublicRead = true });
        try
        {
            return await upload.PushAsync(file, null, cancellation);
        }
        catch (BlobRefusedException refused)
        {
            throw CommandFailedException.Unavailable("blob-refused", refused.Message);
        }
    }

    /// <summary>Which version of the key in the key service is this volume's key.</summary>
    private string GivenFile(string name) => Path.Combine(State(name), "given");

    private string VerityFile(string name) => Path.Combine(State(name), "verity");

    private string KeyFile(string name) => Path.Combine(State(name), "key.jwk");

    private static CommandFailedException Unknown(string name) =>
        CommandFailedException.Usage("volume-unknown", $"{ProjectFile.Name} describes no volume {name}", "add it under \"volumes\"");

    /// <summary>A folder for one volume of one project, readable by its owner only.</summary>
    private string State(string name)
    {
        var place = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project.Folder)).AsSpan(0, 6));
        CoveHome.Ensure(call.Home.Root);
        CoveHome.Ensure(call.Home.Volumes);
        return CoveHome.Ensure(Path.Combine(call.Home.Volumes, $"{name}-{place}"));
    }
}
