using System.Security.Cryptography;
using System.Text.Json;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.KeyProvider;

namespace Cove.Sidecar.Tests.KeyProvider;

public sealed class OfflineWrapTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cove-wrap-").FullName;
    private readonly RSA key = RSA.Create(2048);
    private readonly SidecarLog log = new(TextWriter.Null, LogLevelName.Trace);

    public OfflineWrapTests()
    {
        File.WriteAllText(At("in"), "layer key");
        File.WriteAllText(At("pub.pem"), key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(At("k:1-info.json"), $$"""{"public_key_path":"{{At("pub.pem")}}","kms_endpoint":"v","attester_endpoint":"a"}""");
    }

    public void Dispose()
    {
        key.Dispose();
        log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Writes_a_packet_that_the_private_key_opens()
    {
        await OfflineWrap.RunAsync(new OfflineWrapSettings(At("in"), At("k:1"), At("out")), log);

        using var packet = JsonDocument.Parse(Convert.FromBase64String(await File.ReadAllTextAsync(At("out"))));
        var root = packet.RootElement;
        Assert.Equal(("k:1", "rsa_3072", "v", "a"), (Text("kid"), Text("wrap_type"), Text("kms_endpoint"), Text("attester_endpoint")));
        Assert.Equal("layer key"u8, key.Decrypt(root.GetProperty("wrapped_data").GetBytesFromBase64(), RSAEncryptionPadding.OaepSHA256));
        string? Text(string name) => root.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("missing", "k:1", "out", "Can't read input file")]
    [InlineData("in", "", "out", "The key path is not specified for wrapping")]
    [InlineData("in", "k:1", "", "The output file is not specified")]
    [InlineData("in", "k:2", "out", "The wrapping key info is not found")]
    [InlineData("in", "k:1", "no/such/out", "Can't write output file")]
    public async Task Says_which_file_is_wrong(string input, string keyPath, string output, string why)
    {
        var settings = new OfflineWrapSettings(At(input), At(keyPath), At(output));
        var failed = await Assert.ThrowsAsync<SkrFailureException>(() => OfflineWrap.RunAsync(settings, log));
        Assert.StartsWith(why, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_too_long_for_the_key_is_refused()
    {
        await File.WriteAllBytesAsync(At("in"), new byte[191]);
        await Assert.ThrowsAsync<SkrFailureException>(() => OfflineWrap.RunAsync(new OfflineWrapSettings(At("in"), At("k:1"), At("out")), log));
        Assert.False(File.Exists(At("out")));
    }

    private string At(string name) => name.Length == 0 ? string.Empty : Path.Combine(folder, name);
}
