using System.CommandLine;
using Cove.Cli.Volumes;
using Cove.Volumes.Luks;
using Cove.Volumes.Stores;
using Cove.Volumes.Verity;

namespace Cove.Cli.Commands.Volume;

internal sealed class OpenCommand : CoveCommand
{
    private const int Piece = 4 * 1024 * 1024;

    private readonly Argument<string> image = new("image") { Description = "a LUKS2 image" };
    private readonly Option<string?> output = new("--output", "-o") { HelpName = "file", Description = "write the decrypted file system here, e.g. to mount it" };
    private readonly Option<string?> verity = new("--verity") { HelpName = "blocks:root", Description = "check every block against this, which cove volume create printed" };
    private readonly KeyOptions keys = new();

    public OpenCommand()
        : base("open", "show an encrypted image, and whether a key opens it")
    {
        Add(image);
        keys.AddTo(this);
        Add(output);
        Add(verity);
        Details = "Without a key it shows what the header says to everybody. With one it says whether it opens the volume (exit 3 where not), and can decrypt it. With --verity "
            + "it reads all of a read-only volume, and says whether it is as it was made (exit 3 where not).";
        Example("cove volume open data.img", "cipher, key slots, size");
        Example("cove volume open data.img --key data.jwk -o data.ext4", "decrypts it; mount -o ro,loop data.ext4 DIR shows the files");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(image);
        if (!File.Exists(call.FullPath(path))) throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
        if ((call.Get(output) is not null || call.Get(verity) is not null) && call.Get(keys.Key) is null) throw CommandFailedException.Usage("key-missing", "decrypting takes a key", "--key FILE");
        var expected = call.Get(verity) is { } text ? VolumeVerity.Parse(text) : null;
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
            IVolumeStore content = volume.Open(file);
            if (expected is not null) content = (await ((LuksStore)content).VerifyAsync(expected, cancellation)).OrFail(Altered(path));
            try
            {
                if (call.Get(output) is { } to) await DecryptAsync(content, call.FullPath(to), progress, cancellation);
                else if (expected is not null) await CopyAsync(content, Stream.Null, progress, cancellation);
            }
            catch (AlteredVolumeException altered)
            {
                throw CommandFailedException.Rejected(Altered(path), [altered.Finding]);
            }
        }

        return VolumePage.Answer(path, file.Length, header, slot, expected);
    }

    private static string Altered(string path) => $"the volume's content is not what it was made of, {path}";

    private static async Task DecryptAsync(IVolumeStore content, string to, Progress progress, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var plain = new FileStream(to, options))
        {
            try
            {
                await CopyAsync(content, plain, progress, cancellation);
            }
            catch
            {
                File.Delete(to);
                throw;
            }
        }
    }

    private static async Task CopyAsync(IVolumeStore content, Stream plain, Progress progress, CancellationToken cancellation)
    {
        progress.Next("decrypting", content.Length);
        var piece = new byte[Piece];
        for (var offset = 0L; offset < content.Length; offset += Piece)
        {
            var part = piece.AsMemory(0, (int)Math.Min(Piece, content.Length - offset));
            await content.ReadAsync(offset, part, cancellation);
            await plain.WriteAsync(part, cancellation);
            progress.Advance(part.Length);
        }
    }
}
