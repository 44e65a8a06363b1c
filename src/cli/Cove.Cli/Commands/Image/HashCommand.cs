using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Images.Layers;

namespace Cove.Cli.Commands.Image;

internal sealed class HashCommand : CoveCommand
{
    private readonly Argument<string[]> layers = new("layer") { Description = "a layer's tar, plain or compressed with gzip or zstd; - is standard input", Arity = ArgumentArity.OneOrMore };

    public HashCommand()
        : base("hash", "print the dm-verity root hash of a layer, by which policies name it")
    {
        Add(layers);
        Details = "The tar becomes the ext4 image that a guest mounts, on a disk of 128 GiB as policies assume, and the hash is the root of its dm-verity tree. "
            + "Nothing is written. With --json also the image's size and the digest of the uncompressed tar (diff id).";
        Example("cove image hash layer.tar", "the root hash alone, for a script");
        Example("cove image hash a.tar.gz b.tar", "several, each with its name");
        Example("tar -C rootfs -c . | cove image hash -", "a layer that is not in a file");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var hashed = new List<HashedLayer>();
        foreach (var path in call.Get(layers))
        {
            await using var file = call.OpenRead(path);
            using var progress = call.Terminal.Progress($"hashing {path}", ProgressStream.LengthOf(file));
            await using var counted = new ProgressStream(file, progress);
            // The hasher blocks, perhaps on a pipe that never speaks again; Ctrl-C does not wait for it.
            var facts = await Task.Run(() => LayerHasher.Hash(counted, cancellation), cancellation).WaitAsync(cancellation);
            hashed.Add(new(path, facts.Root.Hex, facts.ImageSize, facts.DiffId.ToString()));
        }

        return Answer.Of([.. hashed], ImageJson.Default.HashedLayerArray, static (page, all) =>
        {
            foreach (var layer in all) page.Line(all.Length == 1 ? layer.RootHash : $"{layer.RootHash}  {layer.File}");
        });
    }
}
