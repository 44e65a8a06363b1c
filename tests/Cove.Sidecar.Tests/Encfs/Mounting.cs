namespace Cove.Sidecar.Tests.Encfs;

/// <summary>What mounting a volume takes of the host.</summary>
internal static class Mounting
{
    /// <summary>Skips where it is not to be had, saying why. A container's own /dev is not asked: who may mount makes the nodes as well.</summary>
    public static void Require()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.ReadAllText("/proc/misc").Contains("loop-control") && File.ReadAllText("/proc/filesystems").Contains("fuse"),
            "mounting takes root, FUSE and loop devices");
        Assert.SkipUnless(File.Exists("/usr/sbin/mkfs.ext4"), "mkfs.ext4 is not here (apt-get install e2fsprogs)");
    }

    /// <summary>Skips where the kernel cannot decrypt.</summary>
    public static void RequireDmCrypt() =>
        Assert.SkipUnless(Cove.Guest.Mounts.EncryptedVolumeMount.WhyNot() is null, $"{Cove.Guest.Mounts.EncryptedVolumeMount.WhyNot()}: modprobe dm-crypt");
}
