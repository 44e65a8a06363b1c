using System.Buffers.Binary;
using System.Security.Cryptography;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Runtime.Simulation;

/// <summary>
/// A secure processor with one guest: makes ATTESTATION_REPORTs (SEV-SNP ABI 7.3, version 3) with the fields that were fixed at
/// launch and the report data that the guest gives, signed by the chip's key. It is software under a root of its own, so it
/// shows how everything behaves and protects nothing. Safe for concurrent use.
/// </summary>
public sealed class SimulatedProcessor
{
    private const uint ReportVersion = 3;
    private const uint EcdsaP384Sha384 = 1;
    private const ulong PlatformSmt = 1;
    private const ulong PlatformEccAndAliasCheck = 0x24;
    private const byte Family = 0xFF;
    private const int GuestSvnOffset = 0x04;

    // What a key may be bound to, where it stands in a report. The two versions are in the request itself.
    private static readonly (GuestFields Field, int Offset, int Size)[] Selectable =
        [(GuestFields.Policy, 0x08, 8), (GuestFields.FamilyId, 0x10, 16), (GuestFields.ImageId, 0x20, 16), (GuestFields.Measurement, 0x90, SimulatedLaunch.MeasurementSize)];

    private static readonly (byte Major, byte Minor, byte Build) Firmware = (1, 55, 0);

    private readonly SimulatedChip _chip;
    private readonly byte[] _fixed;

    private SimulatedProcessor(SimulatedChip chip, byte[] @fixed)
    {
        _chip = chip;
        _fixed = @fixed;
    }

    /// <summary>Launches a guest on this chip.</summary>
    /// <exception cref="MalformedException">The guest policy has reserved bits set: no processor would launch it.</exception>
    public static SimulatedProcessor Launch(SimulatedChip chip, SimulatedLaunch launch)
    {
        var processor = new SimulatedProcessor(chip, FixedFields(chip, launch));
        // The layout's own rules decide what a processor would refuse to launch.
        SnpReport.Parse(processor.GetReport(new byte[ReportData.Size], vmpl: 0));
        return processor;
    }

    /// <summary>Makes a report.</summary>
    /// <param name="reportData">What to bind, 64 bytes.</param>
    /// <param name="vmpl">The level to be named, 0 to 3; the guest runs at 0, so every level is open to it.</param>
    /// <returns>The report, 1184 bytes.</returns>
    public byte[] GetReport(ReadOnlySpan<byte> reportData, uint vmpl)
    {
        if (reportData.Length != ReportData.Size) throw new ArgumentException($"report data has {ReportData.Size} bytes, not {reportData.Length}", nameof(reportData));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vmpl, 3u);
        var report = _fixed.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(0x30), vmpl);
        reportData.CopyTo(report.AsSpan(0x50));
        var signature = _chip.Sign(report.AsSpan(0, SnpReport.SignedSize));
        WriteScalar(signature.AsSpan(0, 48), report.AsSpan(0x2A0));
        WriteScalar(signature.AsSpan(48), report.AsSpan(0x2E8));
        return report;
    }

    /// <summary>Derives a key of this guest (MSG_KEY_REQ): rooted in the chip, over the fields that are selected, so that a guest or a chip that differs in one gets
    /// another key.</summary>
    /// <returns>The key, or invalid parameters for a TCB or a security version above the guest's own.</returns>
    public DerivedKeyResponse DeriveKey(DerivedKeyRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // A version that is not selected does not count.
        var svn = request.Fields.HasFlag(GuestFields.GuestSvn) ? request.GuestSvn : 0;
        var tcb = request.Fields.HasFlag(GuestFields.TcbVersion) ? request.TcbVersion : 0;
        if (svn > BinaryPrimitives.ReadUInt32LittleEndian(_fixed.AsSpan(GuestSvnOffset)) || !IsCommitted(tcb)) return DerivedKeyResponse.Failed(ReportResponse.InvalidParameters);
        using var mixed = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        mixed.AppendData(new DerivedKeyRequest(request.Fields, tcb, svn, request.Vmpl).Encode());
        foreach (var (field, at, size) in Selectable)
            if (request.Fields.HasFlag(field)) mixed.AppendData(_fixed, at, size);
        var root = _chip.DeriveRoot();
        Span<byte> key = stackalloc byte[DerivedKeyResponse.KeySize];
        try
        {
            HKDF.Expand(HashAlgorithmName.SHA256, root, key, mixed.GetHashAndReset());
            return DerivedKeyResponse.Of(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(root);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private bool IsCommitted(ulong tcb)
    {
        try
        {
            return _chip.Certificate.Tcb.IsAtLeast(TcbVersion.Parse(tcb, SnpProduct.Simulated, "TCB_VERSION"));
        }
        catch (MalformedException)
        {
            return false;
        }
    }

    private static byte[] FixedFields(SimulatedChip chip, SimulatedLaunch launch)
    {
        var report = new byte[SnpReport.Size];
        var tcb = chip.Certificate.Tcb.ToRaw(SnpProduct.Simulated);
        BinaryPrimitives.WriteUInt32LittleEndian(report, ReportVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x08), launch.Policy.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(0x34), EcdsaP384Sha384);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x40), PlatformEccAndAliasCheck | (launch.Policy.SmtAllowed ? PlatformSmt : 0));
        launch.Measurement.CopyTo(report.AsSpan(0x90));
        launch.HostData.CopyTo(report.AsSpan(0xC0));
        RandomNumberGenerator.Fill(report.AsSpan(0x140, 32));
        report.AsSpan(0x160, 32).Fill(0xFF);
        report[0x188] = Family;
        chip.Certificate.HardwareId.Span.CopyTo(report.AsSpan(0x1A0));
        foreach (var at in (ReadOnlySpan<int>)[0x38, 0x180, 0x1E0, 0x1F0]) BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(at), tcb);
        foreach (var at in (ReadOnlySpan<int>)[0x1E8, 0x1EC]) (report[at], report[at + 1], report[at + 2]) = (Firmware.Build, Firmware.Minor, Firmware.Major);
        return report;
    }

    private static void WriteScalar(Span<byte> bigEndian, Span<byte> slot)
    {
        bigEndian.Reverse();
        bigEndian.CopyTo(slot);
    }
}
