using System.CommandLine;
using Cove.Cli.Volumes;
using Cove.Formats.Jose;
using Cove.Volumes.Luks;

namespace Cove.Cli.Commands.Volume;

internal sealed class CreateCommand : CoveCommand
{
    private const long Mebibyte = 1024 * 1024;
    private const int LargestSize = 1024 * 1024;

    private readonly Argument<string> folder = new("folder") { Description = "what the volume holds" };
    private readonly Option<string> output = new("--output", "-o") { HelpName = "file", Description = "the encrypted image to make", Required = true };
    private readonly Option<string?> newKey = new("--new-key") { HelpName = "file", Description = "make a key and write it here as a JWK, for cove key import" };
    private readonly Option<int> size = new("--size") { HelpName = "MiB", Description = "make a volume that can be written, with a file system of this size; by default it is read-only and as small as can be" };
    private readonly Option<string> name = new("--name") { HelpName = "text", Description = "a label in the image's header, which everybody can read", DefaultValueFactory = _ => "" };
    private readonly KeyOptions keys = new();

    public CreateCommand()
        : base("create", "make an encrypted image of a folder")
    {
        Add(folder);
        Add(output);
        keys.AddTo(this);
        Add(newKey);
        Add(size);
        Add(name);
        Details = "The image is LUKS2 with an ext4 file system in it: cryptsetup opens it too. Whoever has the image learns its size and which blocks change, and nothing "
            + "of its content. Encryption alone does not authenticate: a read-only volume also has a hash tree, and verity in the sidecar's arguments has every block checked "
            + "against its root. A writable one has none. Neither root nor device-mapper is needed.";
        Example("cove volume create data -o data.img --new-key data.jwk", "a read-only volume, and the key to import into the key service");
        Example("cove volume create data -o data.img --key data.pem --salt 00ff --size 256", "a volume of 256 MiB that can be written, under a key derived of an RSA key");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var source = call.FullPath(call.Get(folder));
        if (!Directory.Exists(source)) throw CommandFailedException.Usage("folder-not-found", $"no such folder, {call.Get(folder)}");
        var mebibytes = call.Get(size);
        if (mebibytes is < 0 or > LargestSize) throw CommandFailedException.Usage("size-invalid", $"is not 1 to {LargestSize}, --size {mebibytes}");
        var maker = new VolumeMaker(
            source, call.FullPath(call.Get(output)!), mebibytes * Mebibyte, keys.Salt(call), keys.Label(call), new LuksOptions { Label = call.Get(name)! });
        using var progress = call.Terminal.Progress("reading the key");
        using var key = await KeyAsync(call, cancellation);
        var (bytes, verity) = await maker.MakeAsync(key, progress, cancellation);
        return Answer.Of(
            page =>
            {
                page.Line($"created {page.Strong(call.Get(output)!)}: {Quantity.Bytes(bytes)}, LUKS2, {(mebibytes > 0 ? "writable" : "read-only")}");
                if (verity is not null) page.Line($"  verity      {verity}, for the sidecar's arguments and cove volume open");
                if (call.Get(newKey) is { } made) page.Line($"  key         {made}, which opens it: keep it, or import it with cove key import NAME {made}");
            },
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("image", maker.Image);
                writer.WriteNumber("bytes", bytes);
                writer.WriteBoolean("writable", mebibytes > 0);
                if (verity is not null) writer.WriteString("verity", verity.ToString());
                writer.WriteEndObject();
            });
    }

    private async Task<Jwk> KeyAsync(Invocation call, CancellationToken cancellation) => (call.Get(keys.Key), call.Get(newKey)) switch
    {
        ({ } from, null) => await OwnerKeyFile.ReadAsync(call, from, cancellation),
        (null, { } to) => OwnerKeyFile.Create(call.FullPath(to)),
        _ => throw CommandFailedException.Usage("key-missing", "either --key or --new-key says which key opens the volume", "--new-key FILE makes one"),
    };
}
