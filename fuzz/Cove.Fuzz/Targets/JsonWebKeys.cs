using Cove.Formats.Jose;

namespace Cove.Fuzz.Targets;

/// <summary>Sets of keys, and single ones, as services publish them.</summary>
internal sealed class JsonWebKeys : ITarget
{
    public string Name => "jwks";

    public IEnumerable<string> Words => ["\"kty\"", "\"RSA\"", "\"EC\"", "\"oct\"", "\"crv\"", "\"P-256\"", "\"P-521\"", "\"x5c\"", "\"key_ops\"", "\"n\"", "\"e\"", "\"AQAB\"", "\"keys\""];

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        .. files.Attestation("microsoft-cosesign1go/esrp_db_ledger_pub_keys.json", "azure-cleanroom/insecure-virtual/encryption/public-key-jwks"),
        """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"a"}"""u8.ToArray(),
        """{"keys":[{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw"}]}"""u8.ToArray(),
    ];

    public void Run(byte[] input)
    {
        if (input.AsSpan().IndexOf("\"keys\""u8) >= 0) Jwks.Parse(input).ToJson();
        else
        {
            using var key = Jwk.Parse(input);
            key.Thumbprint();
        }
    }
}
