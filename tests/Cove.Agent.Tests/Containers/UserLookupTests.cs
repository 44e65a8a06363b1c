using Cove.Agent.Containers;
using Cove.Outcomes;

namespace Cove.Agent.Tests.Containers;

public sealed class UserLookupTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("cove-rootfs-");

    public UserLookupTests()
    {
        Directory.CreateDirectory(In("etc"));
        File.WriteAllText(In("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1001:200:app:/:/bin/sh\n1002:x:1500:0::/:\nbroken:x\n");
        File.WriteAllText(In("etc/group"), "root:x:0:\nstaff:x:200:\n");
    }

    public void Dispose() => root.Delete(recursive: true);

    [Theory]
    [InlineData("", "0 root 0:root")]
    [InlineData("app", "1001 app 200:staff")]
    [InlineData("1001", "1001 app 200:staff")]
    [InlineData("app:root", "1001 app 0:root")]
    [InlineData("app:300", "1001 app 300:")]
    [InlineData("4242", "4242  0:root")]
    [InlineData("1002", "1500 1002 0:root")]
    public void Resolves_names_and_numbers_as_containers_expect(string user, string expected)
    {
        var found = UserLookup.In(root.FullName).Resolve(user, []);
        Assert.Equal(expected, $"{found.Uid} {found.UserName} {string.Join(' ', found.Groups.Select(group => $"{group.Gid}:{group.Name}"))}");
    }

    [Fact]
    public void Adds_further_groups_after_the_primary_one() =>
        Assert.Equal([200u, 7u, 0u], UserLookup.In(root.FullName).Resolve("app", [7, 0]).Groups.Select(group => group.Gid));

    [Theory]
    [InlineData("nobody")]
    [InlineData("app:nogroup")]
    [InlineData("a:b:c")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void Refuses_what_the_root_file_system_does_not_know(string user) =>
        Assert.Throws<MalformedException>(() => UserLookup.In(root.FullName).Resolve(user, []));

    [Fact]
    public void A_link_in_the_root_file_system_does_not_lead_out_of_it()
    {
        var outside = Path.Combine(Path.GetTempPath(), $"cove-outside-{Guid.NewGuid():n}");
        File.WriteAllText(outside, "intruder:x:0:0::/:\n");
        try
        {
            File.Delete(In("etc/passwd"));
            File.CreateSymbolicLink(In("etc/passwd"), outside);
            Assert.Throws<MalformedException>(() => UserLookup.In(root.FullName).Resolve("intruder", []));
            Directory.CreateDirectory(Path.GetDirectoryName(In(outside))!);
            File.WriteAllText(In(outside), "insider:x:5:0::/:\n");
            Assert.Equal(5u, UserLookup.In(root.FullName).Resolve("insider", []).Uid);
        }
        finally
        {
            File.Delete(outside);
        }
    }

    private string In(string path) => Path.Combine(root.FullName, path.TrimStart('/'));
}
