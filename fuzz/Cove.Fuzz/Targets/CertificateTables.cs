using System.Buffers.Binary;
using Cove.Attestation.Snp;

namespace Cove.Fuzz.Targets;

/// <summary>The certificate table that a host hands to its guest.</summary>
internal sealed class CertificateTables : ITarget
{
    public string Name => "certificate-table";

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        yield return Table();
        foreach (var vcek in files.Attestation("coco-trustee/snp/test-vcek.der", "virtee-sev/certs_data/vcek_turin.der"))
            yield return Table((new("63da758d-e664-4564-adc5-f4b93be8accd"), vcek), (new("ecae0c0f-9502-43b1-afa2-0ae2e0d565b6"), [8, 0, 0, 0, 0x11, 0x0F, 0xA0, 0]));
    }

    public void Run(byte[] input) => SnpCertificateTable.Parse(input);

    private static byte[] Table(params (Guid Kind, byte[] Content)[] entries)
    {
        const int EntrySize = 24;
        var offset = EntrySize * (entries.Length + 1);
        var table = new byte[offset + entries.Sum(entry => entry.Content.Length)];
        foreach (var (at, (kind, content)) in entries.Index())
        {
            var entry = table.AsSpan(at * EntrySize, EntrySize);
            kind.TryWriteBytes(entry, bigEndian: true, out _);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], offset);
            BinaryPrimitives.WriteInt32LittleEndian(entry[20..], content.Length);
            content.CopyTo(table, offset);
            offset += content.Length;
        }

        return table;
    }
}
