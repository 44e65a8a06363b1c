using System.Globalization;
using System.Security.Cryptography;
using Cove.Images.Ext4;
using Cove.Images.Layers;

namespace Cove.Tests.Layers;

/// <summary>The reference's results for 16 small tars, at the disk size of policies and at its default one.</summary>
public sealed class LayerHasherVectorTests
{
    private const long SmallDisk = 16L << 30;

    public static TheoryData<string> Tars =>
    [
        "01-empty", "02-one-file", "03-dirs-files", "04-symlinks", "05-hardlinks", "06-whiteouts", "07-missing-parents", "08-devices",
        "09-xattrs", "10-times", "11-setuid-uid", "12-overwrite", "13-many-entries", "14-multi-block", "15-longname", "16-unordered",
    ];

    [Theory]
    [MemberData(nameof(Tars))]
    public void Writes_the_image_of_the_reference_to_the_byte(string name)
    {
        foreach (var (disk, label) in new[] { (Ext4Format.PolicyDiskSize, "128G"), (SmallDisk, "16G") })
        {
            var expected = Expect(name, label);
            using var layer = File.OpenRead(Vectors.Path("roothash", name + ".tar"));
            using var image = new MemoryStream();
            var facts = LayerHasher.Convert(layer, image, disk, "layer", TestContext.Current.CancellationToken);
            Assert.Equal(expected, (facts.Root.Hex, image.Length, Convert.ToHexStringLower(SHA256.HashData(image.ToArray()))));
            Assert.Equal(image.Length, facts.ImageSize);
        }
    }

    [Theory]
    [MemberData(nameof(Tars))]
    public void Computes_the_same_root_without_writing_the_image(string name)
    {
        using var layer = File.OpenRead(Vectors.Path("roothash", name + ".tar"));
        Assert.Equal(Expect(name, "128G").Root, LayerHasher.Hash(layer).Root.Hex);
    }

    private static (string Root, long Size, string Sha256) Expect(string name, string disk)
    {
        var lines = File.ReadAllLines(Vectors.Path("roothash", "expected.txt"));
        var line = lines.SkipWhile(l => l != name + ".tar").First(l => l.TrimStart().StartsWith(disk + " ", StringComparison.Ordinal));
        var values = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);
        return (values["root"], long.Parse(values["ext4size"], CultureInfo.InvariantCulture), values["ext4sha256"]);
    }
}
