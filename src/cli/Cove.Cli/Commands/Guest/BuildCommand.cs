using System.CommandLine;
using Cove.Attestation.Measurement;
using Cove.Cli.GuestImages;

namespace Cove.Cli.Commands.Guest;

internal sealed class BuildCommand : CoveCommand
{
    private readonly Option<string?> output = new("--output", "-o") { HelpName = "folder", Description = "where; by default the image that cove run launches machines from" };
    private readonly Option<string?> packages = new("--packages") { HelpName = "folder", Description = "take packages from this folder's .deb files instead of fetching them" };
    private readonly Option<string?> agent = new("--agent") { HelpName = "file", Description = "the agent, compiled into one program (eng/native-agent)" };
    private readonly Option<string?> ovmf = new("--ovmf") { HelpName = "file", Description = "the firmware of SEV-SNP hosts, a build that compares kernel hashes (AmdSev)" };

    public BuildCommand()
        : base("build", "build the image that virtual machines are launched from")
    {
        foreach (var option in (Option[])[output, packages, agent, ovmf]) Add(option);
        Details = "A kernel from the distribution, and an initial file system with cove's agent, the OCI runtime, the libraries and drivers that they need, and nothing else. The same packages "
            + "and agent give the same bytes, so anyone can build the image again and compare. Beside it: SHA256SUMS, manifest.json (every file that is measured, and the measurements), and "
            + "sbom.cdx.json (CycloneDX). Sign a measurement with cove image endorse.";
        Example("cove guest build", "the image for this host's machines; cove run builds it where it is missing");
        Example("cove guest build --ovmf OVMF.amdsev.fd -o guest", "an image for SEV-SNP hosts");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var store = new GuestImageStore(call);
        var program = call.Get(agent) is { } given ? Existing(call, given) : await store.AgentAsync(cancellation);
        var folder = call.Get(output) is { } named ? call.FullPath(named).TrimEnd('/') : call.Home.GuestImage;
        var firmware = call.Get(ovmf) is { } file ? await call.Read(file, OvmfImage.MaximumSize, cancellation) : null;
        var manifest = await store.BuildAsync(program, folder, call.Get(packages) is { } from ? call.FullPath(from) : null, firmware, cancellation);
        return Answer.Of(manifest, GuestManifestJson.Default.GuestManifest, (page, made) =>
        {
            page.Line($"wrote {folder}");
            page.Line($"  kernel       {made.Packages[0].Name} {made.Packages[0].Version}");
            page.Line($"  initrd       {made.Files.Count} files, {made.Files.Sum(one => one.Size) / 1024 / 1024} MiB");
            page.Line($"  firmware     {made.Firmware}");
            foreach (var (processors, measurement) in made.Measurements.Take(2)) page.Line($"  {processors} vCPU       {measurement}");
        });
    }

    private static string Existing(Invocation call, string path) => File.Exists(call.FullPath(path))
        ? call.FullPath(path)
        : throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
}
