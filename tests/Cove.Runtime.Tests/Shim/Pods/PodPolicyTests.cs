using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Tests.Runtime.Shim.Pods;

public sealed class PodPolicyTests
{
    private const string InitData = "version = \"0.1.0\"\nalgorithm = \"sha256\"\n[data]\n\"policy.rego\" = '''package policy'''\n";
    private static readonly byte[] Policy = "package policy"u8.ToArray();

    [Theory]
    [InlineData("io.cove.policy")]
    [InlineData("io.katacontainers.config.agent.policy")]
    [InlineData("microsoft.containerinstance.virtualnode.ccepolicy")]
    public void A_policy_in_base64_is_hashed_as_it_is(string annotation)
    {
        var policy = Of((annotation, Convert.ToBase64String(Policy)));
        Assert.Equal((false, "package policy"), (policy.IsInitData, policy.Text));
        Assert.Equal(SHA256.HashData(Policy), policy.HostData.ToArray());
        Assert.Equal(Convert.ToBase64String(Policy), policy.ToRequest(new()).Policy);
    }

    [Fact]
    public void Init_data_is_unpacked_and_hashed_as_a_document()
    {
        var policy = Of((PodAnnotations.InitData, Pack(InitData)));
        Assert.Equal((true, "package policy"), (policy.IsInitData, policy.Text));
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(InitData)), policy.HostData.ToArray());
        Assert.Equal(InitData, Encoding.UTF8.GetString(Convert.FromBase64String(policy.ToRequest(new()).Policy)));
    }

    [Fact]
    public void No_policy_and_two_are_refused()
    {
        Assert.Contains("carries no policy", Assert.Throws<TtrpcException>(() => Of()).Message);
        Assert.Contains("several", Assert.Throws<TtrpcException>(() => Of(("io.cove.policy", "eA=="), (PodAnnotations.KataPolicy, "eA=="))).Message);
    }

    [Fact]
    public void What_is_not_base64_or_not_gzip_or_no_init_data_is_malformed()
    {
        Assert.Throws<MalformedException>(() => Of(("io.cove.policy", "?")));
        Assert.Throws<MalformedException>(() => Of((PodAnnotations.InitData, Convert.ToBase64String(Policy))));
        Assert.Throws<MalformedException>(() => Of((PodAnnotations.InitData, Pack("[data]"))));
    }

    private static PodPolicy Of(params (string Name, string Value)[] annotations) => PodPolicy.Of(annotations.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal));

    private static string Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return Convert.ToBase64String(packed.ToArray());
    }
}
