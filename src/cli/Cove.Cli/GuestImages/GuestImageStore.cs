using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Measurement;
using Cove.Cli.Development;
using Cove.Outcomes;

namespace Cove.Cli.GuestImages;

/// <summary>The guest image that machines of this installation are launched from.</summary>
internal sealed class GuestImageStore(Invocation call)
{
    /// <summary>The image; built where there is none, or where the agent's program is not the one in it.</summary>
    public async Task<GuestImage> EnsureAsync(CancellationToken cancellation)
    {
        var folder = call.Home.GuestImage;
        var agent = await AgentAsync(cancellation);
        var present = await ManifestAsync(folder, cancellation);
        if (present?.Agent != await DigestAsync(agent, cancellation))
        {
            // The firmware is the user's, and stays.
            var firmware = present?.Firmware == GuestImageBuilder.Ovmf ? await File.ReadAllBytesAsync(Path.Combine(folder, "firmware.fd"), cancellation) : null;
            var manifest = await BuildAsync(agent, folder, packages: null, firmware, cancellation);
            call.Terminal.Step("guest", $"image of {manifest.Packages[0].Name} {manifest.Packages[0].Version}, {manifest.Files.Count} files, all measured");
        }

        return GuestImage.Open(folder);
    }

    /// <summary>Builds an image.</summary>
    /// <param name="agent">The native agent's program.</param>
    /// <param name="folder">Where.</param>
    /// <param name="packages">A folder of package files; null to fetch them.</param>
    /// <param name="firmware">An OVMF image; null for the stand-in.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<GuestManifest> BuildAsync(string agent, string folder, string? packages, byte[]? firmware, CancellationToken cancellation)
    {
        using var progress = call.Terminal.Progress("building the guest image");
        var work = Directory.CreateTempSubdirectory("cove-guest-").FullName;
        try
        {
            var contents = await GuestImageContents.GatherAsync(new DebianPackages(work, packages), agent, step => progress.Next(step), cancellation);
            progress.Next("writing and measuring the image");
            return await GuestImageBuilder.WriteAsync(contents, firmware, folder, cancellation);
        }
        catch (UnavailableException lacking)
        {
            throw CommandFailedException.Unavailable("guest-image-unavailable", lacking.Message, "sudo apt-get update, then the same command again");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The native agent's program, compiled at its first use where cove runs from its sources.</summary>
    public async Task<string> AgentAsync(CancellationToken cancellation)
    {
        if (File.Exists(Product.NativeAgent) && (!File.Exists(Product.NativeAgentScript) || File.GetLastWriteTimeUtc(Product.NativeAgent) >= File.GetLastWriteTimeUtc(Product.AgentProgram)))
            return Product.NativeAgent;
        if (!File.Exists(Product.NativeAgentScript))
            throw CommandFailedException.Unavailable("native-agent-missing", $"the guest's agent is not compiled, {Product.NativeAgent}", "eng/native-agent in cove's sources");
        call.Terminal.Step("guest", "compiling the agent into one program (once, and again when it changes)");
        using var progress = call.Terminal.Progress("compiling the agent");
        var (code, _, said) = await Programs.RunAsync("/bin/sh", [Product.NativeAgentScript], cancellation);
        if (code != 0) throw CommandFailedException.Unavailable("native-agent-failed", $"the agent could not be compiled: {said.Trim().Split('\n')[^1]}", "eng/native-agent");
        File.SetLastWriteTimeUtc(Product.NativeAgent, call.Time.GetUtcNow().UtcDateTime);
        return Product.NativeAgent;
    }

    /// <summary>Whether the image there is carries OVMF, without which SEV-SNP launches nothing.</summary>
    public async Task<bool> HasFirmwareAsync(CancellationToken cancellation) => (await ManifestAsync(call.Home.GuestImage, cancellation))?.Firmware == GuestImageBuilder.Ovmf;

    private static async Task<GuestManifest?> ManifestAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(Path.Combine(folder, GuestImageBuilder.ManifestName));
            return await JsonSerializer.DeserializeAsync(file, GuestManifestJson.Default.GuestManifest, cancellation);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null; // none, or one that cannot be told: a new one is built
        }
    }

    private static async Task<string> DigestAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}
