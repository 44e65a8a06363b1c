using Cove.Attestation.Sgx;

namespace Cove.Fuzz.Targets;

/// <summary>SIGSTRUCT, parsed and verified.</summary>
internal sealed class Sigstructs : ITarget
{
    public string Name => "sigstruct";

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        // Unsigned, with every field in its place.
        var bytes = new byte[Sigstruct.Size];
        Convert.FromHexString("06000000e100000000000100").CopyTo(bytes, 0);
        BitConverter.GetBytes(0x20261122u).CopyTo(bytes, 20);
        Convert.FromHexString("01010000600000006000000001000000").CopyTo(bytes, 24);
        bytes.AsSpan(128, 384).Fill(0xC1);
        bytes[512] = 3;
        return [bytes];
    }

    public void Run(byte[] input) => Sigstruct.Parse(input).Verify();
}
