using Cove.Images.Layers;
using Cove.Outcomes;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Tests.Layers;

/// <summary>Reference tars with a few bytes changed, and checksums mended so that the change reaches what lies behind them.</summary>
public sealed class LayerHasherFuzzTests
{
    private const int MaximumChanges = 4;

    public static TheoryData<string> Tars => ["03-dirs-files", "05-hardlinks", "06-whiteouts", "09-xattrs", "12-overwrite", "15-longname", "16-unordered"];

    [Theory]
    [MemberData(nameof(Tars))]
    public void A_changed_tar_has_a_root_or_is_refused(string name)
    {
        var good = File.ReadAllBytes(Vectors.Path("roothash", name + ".tar"));
        Prop.ForAll<(ushort At, byte Value)[]>(changes =>
        {
            var tar = good.ToArray();
            foreach (var (at, value) in changes.Take(MaximumChanges)) tar[at % tar.Length] = value;
            for (var block = 0; block < tar.Length; block += 512)
            {
                if (tar.AsSpan(block + 257, 5).SequenceEqual("ustar"u8)) TarBytes.Seal(tar.AsSpan(block, 512).ToArray()).CopyTo(tar, block);
            }

            try
            {
                return LayerHasher.ComputeRoot(new MemoryStream(tar)).Hex.Length == 64;
            }
            catch (MalformedException refused)
            {
                return refused.Message.Length > 0;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }
}
