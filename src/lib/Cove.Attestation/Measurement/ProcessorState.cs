using System.Buffers.Binary;

namespace Cove.Attestation.Measurement;

/// <summary>The save area (VMSA, AMD APM 2, table B-4) that a virtual processor starts from.</summary>
internal static class ProcessorState
{
    /// <summary>Where the first processor begins.</summary>
    public const uint ResetVector = 0xFFFF_FFF0;

    public static byte[] Page(VirtualMachineMonitor monitor, uint instruction, uint signature, ulong features)
    {
        var page = new byte[LaunchDigest.PageSize];
        var ec2 = monitor == VirtualMachineMonitor.Ec2;
        var qemu = monitor == VirtualMachineMonitor.Qemu;
        foreach (var data in (ReadOnlySpan<int>)[0x00, 0x30, 0x40, 0x50]) Segment(page, data, 0, 0x93, 0); // es, ds, fs, gs
        Segment(page, 0x10, 0xF000, (ushort)(ec2 && instruction == ResetVector ? 0x9A : 0x9B), instruction & 0xFFFF_0000); // cs
        Segment(page, 0x20, 0, (ushort)(ec2 ? 0x92 : 0x93), 0); // ss
        Segment(page, 0x60, 0, 0, 0); // gdtr
        Segment(page, 0x70, 0, 0x82, 0); // ldtr
        Segment(page, 0x80, 0, 0, 0); // idtr
        Segment(page, 0x90, 0, (ushort)(ec2 ? 0x83 : 0x8B), 0); // tr
        ReadOnlySpan<(int At, ulong Value)> registers =
        [
            (0x0D0, 0x1000), // efer: SVM
            (0x148, 0x40), // cr4: machine check
            (0x158, 0x10), // cr0: extension type
            (0x160, 0x400), // dr7
            (0x168, 0xFFFF_0FF0), // dr6
            (0x170, 2), // rflags
            (0x178, instruction & 0xFFFF), // rip
            (0x268, monitor == VirtualMachineMonitor.Gce ? 0x0007_0106UL : 0x0007_0406_0007_0406), // g_pat
            (0x310, qemu ? signature : 0x600), // rdx
            (0x3B0, features), // sev_features
            (0x3E8, 1), // xcr0
        ];
        Registers(page, registers);
        if (!qemu) return page;
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(0x408), 0x1F80); // mxcsr
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(0x410), 0x37F); // x87 control word
        return page;
    }

    /// <summary>How QEMU starts every processor of a guest with a service module: in flat protected mode.</summary>
    public static byte[] ServiceModulePage(ulong instruction, uint signature)
    {
        const uint flat = 0xFFFF_FFFF;
        var page = new byte[LaunchDigest.PageSize];
        foreach (var data in (ReadOnlySpan<int>)[0x00, 0x20, 0x30, 0x40]) Segment(page, data, 16, 0xC93, 0, flat); // es, ss, ds, fs
        Segment(page, 0x10, 8, 0xC9B, 0, flat); // cs
        Segment(page, 0x50, 0, 0x93, 0); // gs
        Segment(page, 0x60, 0, 0, 0); // gdtr
        Segment(page, 0x70, 0, 0x82, 0); // ldtr
        Segment(page, 0x80, 0, 0, 0); // idtr
        Segment(page, 0x90, 0, 0x8B, 0); // tr
        Registers(page,
        [
            (0x0D0, 0x1000), // efer: SVM
            (0x148, 0x40), // cr4: machine check
            (0x158, 0x11), // cr0: extension type, protection
            (0x160, 0x400), // dr7
            (0x168, 0xFFFF_0FF0), // dr6
            (0x170, 2), // rflags
            (0x178, instruction), // rip
            (0x268, 0x0007_0406_0007_0406), // g_pat
            (0x310, signature), // rdx
            (0x3B0, 1), // sev_features: SNP active
            (0x3E8, 1), // xcr0
        ]);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(0x408), 0x1F80); // mxcsr; the x87 control word stays zero
        return page;
    }

    private static void Registers(byte[] page, ReadOnlySpan<(int At, ulong Value)> registers)
    {
        foreach (var (at, value) in registers) BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(at), value);
    }

    private static void Segment(byte[] page, int at, ushort selector, ushort attributes, ulong start, uint limit = 0xFFFF)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(at), selector);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(at + 2), attributes);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(at + 4), limit);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(at + 8), start);
    }
}
