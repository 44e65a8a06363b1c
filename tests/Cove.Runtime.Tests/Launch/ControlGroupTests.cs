using Cove.Runtime.Launch;

namespace Cove.Tests.Launch;

public sealed class ControlGroupTests
{
    [Fact]
    public async Task What_a_killed_agent_left_is_removed_in_every_hierarchy_and_nothing_else()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Directory.Exists("/sys/fs/cgroup"), "control groups need root on Linux");
        var (left, other) = (ControlGroup.Of($"/pods/{Guid.NewGuid()}"), ControlGroup.Of($"/pods/{Guid.NewGuid()}"));
        Assert.NotEqual(left, other);
        var hierarchies = Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Where(CanMake).ToList();
        Assert.SkipWhen(hierarchies.Count == 0, "this host lets nobody make control groups");
        try
        {
            foreach (var hierarchy in hierarchies)
            {
                Directory.CreateDirectory($"{hierarchy}{left}/container/inner");
                Directory.CreateDirectory($"{hierarchy}{other}/container");
            }

            await ControlGroup.RemoveAsync(left, TimeProvider.System);
            Assert.All(hierarchies, hierarchy => Assert.False(Directory.Exists(hierarchy + left)));
            Assert.All(hierarchies, hierarchy => Assert.True(Directory.Exists($"{hierarchy}{other}/container")));
        }
        finally
        {
            await ControlGroup.RemoveAsync(other, TimeProvider.System);
        }

        Assert.All(hierarchies, hierarchy => Assert.False(Directory.Exists(hierarchy + other)));
    }

    private static bool CanMake(string hierarchy)
    {
        var folder = $"{hierarchy}/cove/{Guid.NewGuid():n}";
        try
        {
            Directory.CreateDirectory(folder);

            // A plain folder, a file system that is none, would not have the kernel's files in it.
            var real = File.Exists(Path.Combine(folder, "cgroup.procs"));
            Directory.Delete(folder);
            return real;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
