namespace Cove.Guest.Attesters;

/// <summary>Evidence as the hardware gave it. Nothing is verified: that is the relying party's part.</summary>
public sealed class HardwareEvidence
{
    internal HardwareEvidence(EvidenceFormat format, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> certificateTable = default) =>
        (Format, Bytes, CertificateTable) = (format, bytes, certificateTable);

    /// <summary>What <see cref="Bytes"/> are.</summary>
    public EvidenceFormat Format { get; }

    /// <summary>The report or quote.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The SNP certificate table the host gave along with a report (auxblob of configfs-tsm, extended report of the device); empty where there is none.</summary>
    public ReadOnlyMemory<byte> CertificateTable { get; }
}
