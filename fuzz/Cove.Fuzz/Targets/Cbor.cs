using Cove.Formats.Cbor;

namespace Cove.Fuzz.Targets;

/// <summary>CBOR; what was read is written again and must be the same bytes, because only the shortest form is read.</summary>
internal sealed class Cbor : ITarget
{
    public string Name => "cbor";

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
        [.. files.Attestation("microsoft-cosesign1go/esrp_transparent_hash_envelop.cose", "microsoft-cosesign1go/aci-cc-ttl.ttl.cose"), Convert.FromHexString("a401020326614163f5f6f4c1001a5f5e1000")];

    public void Run(byte[] input)
    {
        var value = CborValue.Decode(input, "CBOR");
        if (!value.Encode().AsSpan().SequenceEqual(input)) throw new FormatException("the value does not encode to the bytes it was read from");
        if (!value.Equals(CborValue.Decode(input, "CBOR"))) throw new FormatException("the same bytes are not the same value");
    }
}
