using System.Security.Cryptography;
using Cove.Images.Layers;

namespace Cove.Tests.Layers;

/// <summary>Alone, because allocations are counted for the whole process.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed class LayerHasherMemoryTests
{
    [Fact]
    public void Memory_does_not_grow_with_the_size_of_a_layer()
    {
        var small = Allocated(16);
        var large = Allocated(256);

        // 240 MiB more content may cost a task per half mebibyte, but no buffer: that would be hundreds of times as much.
        Assert.True(large - small < 1 << 20, $"{small} bytes for 16 MiB, {large} for 256 MiB");
        Assert.True(large < 16 << 20, $"{large} bytes for 256 MiB");
    }

    private static long Allocated(int mebibytes)
    {
        var pattern = RandomNumberGenerator.GetBytes(1 << 20);
        using var tar = new PartsStream((TarBytes.Header("data", size: (long)mebibytes << 20), 1), (pattern, mebibytes), (new byte[1024], 1));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        LayerHasher.Hash(tar, TestContext.Current.CancellationToken);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
