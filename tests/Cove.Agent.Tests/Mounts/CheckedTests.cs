using Cove.Agent.Mounts;
using Cove.Outcomes;

namespace Cove.Agent.Tests.Mounts;

public sealed class CheckedTests
{
    private static readonly string Id = new('a', 64);

    [Fact]
    public void Takes_ids_of_64_lower_case_hex_digits_only()
    {
        Assert.Equal(Id, Checked.Id("containerId", Id));
        foreach (var wrong in (string[])["", Id[1..], Id + "a", Id[1..] + "A", Id[1..] + "g", Id[1..] + "\n"])
            Assert.Throws<MalformedException>(() => Checked.Id("containerId", wrong));
    }

    [Fact]
    public void Takes_plain_absolute_paths_only()
    {
        Assert.Equal("/run/mounts/scsi/m0", Checked.GuestPath("target", "/run/mounts/scsi/m0"));
        foreach (var wrong in (string[])["", "/", "run", "/run/../etc", "/run//m", "/run/", "/run/a,b", "/run/a:b", "/run/a b", "/run/a\\b", "/./a"])
            Assert.Throws<MalformedException>(() => Checked.GuestPath("target", wrong));
    }

    [Fact]
    public void Takes_plain_file_and_volume_names_only()
    {
        Assert.Equal("tls.key", Checked.FileName("tls.key"));
        Assert.Equal("cache-1", Checked.VolumeName("cache-1"));
        foreach (var wrong in (string[])["", ".", "..", "a/b", "a\0b", new string('a', 256)]) Assert.Throws<MalformedException>(() => Checked.FileName(wrong));
        foreach (var wrong in (string[])["", "A", "a/b", "..", new string('a', 64)]) Assert.Throws<MalformedException>(() => Checked.VolumeName(wrong));
    }

    [Fact]
    public void Takes_umasks_and_signals_of_their_range_only()
    {
        Assert.Equal("0022", Checked.Umask("0022"));
        foreach (var wrong in (string[])["022", "0028", "00222", ""]) Assert.Throws<MalformedException>(() => Checked.Umask(wrong));
        Assert.Equal(64, Checked.Signal(64));
        foreach (var wrong in (int[])[0, -1, 65]) Assert.Throws<MalformedException>(() => Checked.Signal(wrong));
    }
}
