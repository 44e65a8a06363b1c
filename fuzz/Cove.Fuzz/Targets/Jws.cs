using System.Text;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;

namespace Cove.Fuzz.Targets;

/// <summary>Compact JWS: tokens, validated with genuine keys, and policy documents, which bring their own.</summary>
internal sealed class Jws : ITarget
{
    private readonly Jwks keys = new([.. new SeedFiles().Attestation("azure-samples-maa/service/get.certs.response.body.json").SelectMany(json => Jwks.Parse(json).Keys)]);

    public string Name => "jws";

    public IEnumerable<string> Words => ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIn0..", ".", "=="];

    public IEnumerable<byte[]> Seeds(SeedFiles files) => [.. files.Attestation("azure-samples-maa/service/sev-snp-jwt.txt"), Encoding.ASCII.GetBytes(PolicyDocument.Of(MaaPolicy.DefaultSevSnpVm).Text)];

    public void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var jws = CompactJws.Parse(text);
        foreach (var key in keys.Keys.Take(1)) jws.Verify(key);
        new TokenValidator("https://issuer", keys, TimeProvider.System).Validate(text);
        PolicyDocument.Parse(text);
    }
}
