using System.CommandLine;
using Cove.Cli.Volumes;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;

namespace Cove.Cli.Commands.Volume;

internal sealed class OpenCommand : CoveCommand
{
    private const int Piece = 4 * 1024 * 1024;

    private readonly Argument<string> image = new("image") { Description = "a LUKS2 image" };
    private readonly Option<string?> output = new("--output", "-o") { HelpName = "file", Description = "write the decrypted file system here, e.g. to mount it" };
    private readonly KeyOptions keys = new();

    public OpenCommand()
        : base("open", "show an encrypted image, and whether a key opens it")
    {
        Add(image);
        keys.AddTo(this);
        Add(output);
        Details = "Without a key it shows what the header says to everybody. With one it says whether it opens the volume (exit 3 where not), and can decrypt it.";
        Example("cove volume open data.img", "cipher, key slots, size");
        Example("cove volume open data.img --key data.jwk -o data.ext4", "decrypts it; mount -o ro,loop data.ext4 DIR shows the files");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(image);
        if (!File.Exists(call.FullPath(path))) throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
        if (call.Get(output) is not null && call.Get(keys.Key) is null) throw CommandFailedException.Usage("key-missing", "decrypting takes a key", "--key FILE");
        using var progress = call.Terminal.Progress("opening the volume");
        await using var file = FileStore.Open(call.FullPath(path), writable: false);
        var header = await LuksHeader.ReadAsync(file, cancellation);
        int? slot = null;
        if (call.Get(keys.Key) is { } from)
        {
            using var key = await OwnerKeyFile.ReadAsync(call, from, cancellation);
            using var passphrase = VolumePassphrase.Of(key, keys.Salt(call), keys.Label(call));
            using var volume = (await header.UnlockAsync(file, passphrase.Bytes, cancellation)).OrFail($"the key does not open the volume, {path}");
            slot = volume.KeySlot;
            if (call.Get(output) is { } to) await DecryptAsync(volume, file, call.FullPath(to), progress, cancellation);
        }

        return VolumePage.Answer(path, file.Length, header, slot);
    }

    private static async Task DecryptAsync(VolumeKey volume, FileStore file, string to, Progress progress, CancellationToken cancellation)
    {
        var store = volume.Open(file);
        progress.Next("decrypting", store.Length);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using var plain = new FileStream(to, options);
        var piece = new byte[Piece];
        for (var offset = 0L; offset < store.Length; offset += Piece)
        {
            var part = piece.AsMemory(0, (int)Math.Min(Piece, store.Length - offset));
            await store.ReadAsync(offset, part, cancellation);
            await plain.WriteAsync(part, cancellation);
            progress.Advance(part.Length);
        }
    }
}
