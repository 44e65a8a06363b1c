using System.Buffers.Binary;
using Cove.Attestation.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Snp;

public sealed class SnpCertificateTableTests
{
    private static readonly Guid Vcek = new("63da758d-e664-4564-adc5-f4b93be8accd");
    private static readonly Guid Ark = new("c0b406a4-a803-4952-9743-3fb6014cd0ae");
    private static readonly Guid Other = new("ecae0c0f-9502-43b1-afa2-0ae2e0d565b6");

    [Fact]
    public void Gives_the_certificates_and_leaves_out_other_entries()
    {
        var vcek = Known.Bytes("coco-trustee/snp/e2e-genoa-vcek.der");
        var table = Table((Vcek, vcek), (Other, [8, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(vcek, Assert.Single(SnpCertificateTable.Parse(table)).Der.ToArray());
        Assert.Empty(SnpCertificateTable.Parse([]));
        Assert.Empty(SnpCertificateTable.Parse(new byte[24]));
        // Hosts hand over whole pages.
        Assert.Single(SnpCertificateTable.Parse([.. table, .. new byte[4096 - (table.Length % 4096)]]));
    }

    [Theory]
    [InlineData(16, 23u)]
    [InlineData(16, 100_000u)]
    [InlineData(16, uint.MaxValue)]
    [InlineData(20, 100_000u)]
    [InlineData(20, uint.MaxValue)]
    public void Refuses_an_entry_that_points_elsewhere(int field, uint value)
    {
        var table = Table((Vcek, Known.Bytes("coco-trustee/snp/e2e-genoa-vcek.der")));
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(field), value);
        Assert.Equal("offset", Assert.Throws<MalformedException>(() => SnpCertificateTable.Parse(table)).Field);
    }

    [Fact]
    public void Refuses_a_table_without_an_end_or_with_something_that_is_no_certificate()
    {
        Assert.Equal("GUID", Assert.Throws<MalformedException>(() => SnpCertificateTable.Parse(Table((Vcek, [])).AsSpan(0, 24))).Field);
        Assert.Equal("X.509 certificate", Assert.Throws<MalformedException>(() => SnpCertificateTable.Parse(Table((Ark, [1, 2, 3])))).Format);
    }

    private static byte[] Table(params (Guid Kind, byte[] Data)[] entries)
    {
        var head = new byte[24 * (entries.Length + 1)];
        List<byte> data = [];
        foreach (var (index, (kind, bytes)) in entries.Index())
        {
            kind.TryWriteBytes(head.AsSpan(24 * index), bigEndian: true, out _);
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan((24 * index) + 16), (uint)(head.Length + data.Count));
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan((24 * index) + 20), (uint)bytes.Length);
            data.AddRange(bytes);
        }

        return [.. head, .. data];
    }
}
