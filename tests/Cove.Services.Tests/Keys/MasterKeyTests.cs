using System.Security.Cryptography;
using Cove.Formats.Certificates;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.Services.Tests.Keys;

public sealed class MasterKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Opens_what_it_sealed_for_that_place_only_and_unchanged_only()
    {
        using var master = MasterKey.Load(Write(RandomNumberGenerator.GetBytes(32)));
        var sealedBytes = master.Seal("secret"u8, "key-material/a/1");
        Assert.Equal("secret"u8.ToArray(), master.Open(sealedBytes, "key-material/a/1"));
        Assert.Throws<MalformedException>(() => master.Open(sealedBytes, "key-material/a/2"));
        for (var at = 0; at < sealedBytes.Length; at++)
        {
            byte[] changed = [.. sealedBytes];
            changed[at] ^= 1;
            Assert.Throws<MalformedException>(() => master.Open(changed, "key-material/a/1"));
        }

        Assert.Throws<MalformedException>(() => master.Open(sealedBytes.AsSpan(0, 20), "key-material/a/1"));
    }

    [Fact]
    public void Seals_the_same_secret_differently_each_time()
    {
        using var master = MasterKey.Load(Write(RandomNumberGenerator.GetBytes(32)));
        Assert.NotEqual(master.Seal("secret"u8, "p"), master.Seal("secret"u8, "p"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Refuses_a_file_of_another_length(int length) => Assert.Throws<UsageException>(() => MasterKey.Load(Write(new byte[length])));

    [Fact]
    public void Refuses_a_file_that_others_may_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no Unix file modes");
        var file = Write(new byte[32]);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<UsageException>(() => MasterKey.Load(file));
    }

    [Fact]
    public void Reads_the_same_key_from_a_variable_and_nothing_else()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var fromFile = MasterKey.Load(Write(key));
        var name = $"COVE_TEST_{Guid.NewGuid():N}";
        Assert.Throws<UsageException>(() => MasterKey.Load($"env://{name}"));
        foreach (var wrong in (string[])["", "not base64", Convert.ToBase64String(key[1..]), Convert.ToBase64String([.. key, 0])])
        {
            Environment.SetEnvironmentVariable(name, wrong);
            Assert.Throws<UsageException>(() => MasterKey.Load($"env://{name}"));
        }

        Environment.SetEnvironmentVariable(name, Convert.ToBase64String(key));
        using var fromVariable = MasterKey.Load($"env://{name}");
        Environment.SetEnvironmentVariable(name, null);
        Assert.Equal("secret"u8.ToArray(), fromVariable.Open(fromFile.Seal("secret"u8, "place"), "place"));
    }

    private string Write(byte[] key)
    {
        var file = Path.Combine(_folder.FullName, "master.key");
        PrivateFile.Write(file, key);
        return file;
    }
}
