using Cove.Attestation.Snp;

namespace Cove.Fuzz.Targets;

/// <summary>ID blocks, of 96 bytes, and authentication information after them; a block that was read is written as the same bytes.</summary>
internal sealed class IdAuthentications : ITarget
{
    public string Name => "id-auth";

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        byte[] block = new IdBlock(new byte[48], new byte[16], new byte[16]).ToBytes();
        return files.Attestation("virtee-sev/idblock/test_auth_block.bin").Select(authentication => (byte[])[.. block, .. authentication]);
    }

    public void Run(byte[] input)
    {
        var at = Math.Min(IdBlock.Size, input.Length);
        var block = IdBlock.Parse(input.AsSpan(0, at));
        if (!block.ToBytes().AsSpan().SequenceEqual(input.AsSpan(0, at))) throw new FormatException("the block is not the bytes it was read from");
        IdAuthentication.Parse(input.AsSpan(at)).Verify(block);
    }
}
