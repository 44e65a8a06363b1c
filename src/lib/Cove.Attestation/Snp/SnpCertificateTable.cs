using Cove.Formats.Binary;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// The certificate table that a host gives with an extended report (GHCB specification 4.1.8.1), which a guest reads from <c>auxblob</c> or
/// from the extended report itself: entries of GUID, offset and length up to an empty one, then the certificates.
/// </summary>
public static class SnpCertificateTable
{
    /// <summary>Largest table that is read, in bytes.</summary>
    public const int MaximumSize = 64 * 1024;

    private const string Format = "SNP certificate table";
    private const int MaximumEntries = 32;

    // As RFC 4122 text; the table holds them in the same order of bytes.
    private static readonly Guid[] Certificates =
    [
        new("63da758d-e664-4564-adc5-f4b93be8accd"), // VCEK
        new("a8074bc2-a25a-483e-aae6-39c045a0b8a1"), // VLEK
        new("4ab7b379-bbac-4fe4-a02f-05aef327c782"), // ASK or ASVK
        new("c0b406a4-a803-4952-9743-3fb6014cd0ae"), // ARK
    ];

    /// <summary>Whether the bytes begin as a table with a certificate does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) => bytes.Length >= 16 && Array.IndexOf(Certificates, new Guid(bytes[..16], bigEndian: true)) >= 0;

    /// <summary>Parses a table and gives the certificates in it; entries of other kinds are left out. An empty blob is an empty table.</summary>
    /// <exception cref="MalformedException">It is no such table, an entry points outside it or into the entries, or a certificate is malformed.</exception>
    public static IReadOnlyList<Certificate> Parse(ReadOnlySpan<byte> table)
    {
        if (table.IsEmpty) return [];
        if (table.Length > MaximumSize) throw new MalformedException(Format, "length", $"is {table.Length} bytes, at most {MaximumSize} are read");
        List<(Guid Kind, uint Offset, uint Length, int At)> entries = [];
        var reader = new ByteReader(Format, table);
        while (true)
        {
            var at = reader.Offset;
            var kind = new Guid(reader.Bytes("GUID", 16), bigEndian: true);
            var (offset, length) = (reader.UInt32("offset"), reader.UInt32("length"));
            if (kind == Guid.Empty && offset == 0 && length == 0) break;
            if (entries.Count == MaximumEntries) throw new MalformedException(Format, "entries", $"are more than {MaximumEntries}", at);
            entries.Add((kind, offset, length, at));
        }

        List<Certificate> certificates = [];
        foreach (var (kind, offset, length, at) in entries)
        {
            if (offset < reader.Offset || (ulong)offset + length > (ulong)table.Length) throw new MalformedException(Format, "offset", "points outside the data of the table", at + 16);
            if (Array.IndexOf(Certificates, kind) >= 0) certificates.Add(Certificate.Parse(table.Slice((int)offset, (int)length)));
        }

        return certificates;
    }
}
