using System.Globalization;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Vmm;

/// <summary>
/// From a machine to the words of QEMU's command line: a pure function. Layers are no part of it: they are plugged in while the machine
/// runs, because a pod's containers come one by one, and because nothing that is not measured belongs here.
/// </summary>
internal static class QemuArguments
{
    /// <summary>The processor that SEV-SNP launches, and whose signature the measurement holds.</summary>
    public const string SnpProcessor = "EPYC-Milan";

    /// <summary>
    /// The processor that QEMU translates: everything it knows but what is slower there than to do without. A kernel that sees erms or fsrm copies and
    /// clears memory byte by byte, which hardware does in one go and a translator a byte at a time; with la57 every look into the page tables is one longer.
    /// </summary>
    public const string TranslatedProcessor = "max,-erms,-fsrm,-la57";

    /// <summary>Every word after the program's name.</summary>
    public static IReadOnlyList<string> Of(VirtualMachine machine) =>
    [
        "-nodefaults", "-no-user-config", "-nographic", "-no-reboot",
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-name", "cove,debug-threads=on",
        "-machine", Board(machine),
        "-cpu", Processor(machine.Mode),
        "-smp", Number(machine.Processors),
        "-m", $"{Number(machine.MemoryMiB)}M",
        .. Snp(machine),
        "-rtc", "base=utc",
        "-kernel", machine.Kernel,
        "-initrd", machine.InitialFiles,
        "-append", machine.CommandLine,
        "-chardev", $"file,id=console,path={Escape(machine.ConsoleLog)}",
        "-serial", "chardev:console",
        "-device", $"virtio-serial-pci,id=ports,max_ports=2{Shared(machine.Mode)}",
        "-chardev", $"socket,id=agent,path={Escape(machine.AgentSocket)}",
        "-device", "virtserialport,bus=ports.0,chardev=agent,name=cove.agent",
        "-device", $"virtio-scsi-pci,id=layers{Shared(machine.Mode)}",
        "-blockdev", $"driver=raw,node-name=scratch,discard=unmap,file.driver=file,file.filename={Escape(machine.ScratchFile)},file.cache.no-flush=on",
        "-device", $"scsi-hd,bus=layers.0,drive=scratch,scsi-id={Number(GuestPaths.ScratchDisk)},lun=0,physical_block_size=4096",
        .. Card(machine),
        "-chardev", $"socket,id=monitor,path={Escape(machine.MonitorSocket)},server=on,wait=off",
        "-mon", "chardev=monitor,mode=control",
    ];

    private static string Board(VirtualMachine machine) => machine.Mode switch
    {
        MachineMode.Tcg => "q35,accel=tcg,vmport=off,smbus=off,sata=off,usb=off,graphics=off",
        MachineMode.Kvm => "q35,accel=kvm,vmport=off,smbus=off,sata=off,usb=off,graphics=off",
        MachineMode.Snp => "q35,accel=kvm,kernel_irqchip=split,confidential-guest-support=snp,vmport=off,smbus=off,sata=off,usb=off,graphics=off",
        _ => throw new ArgumentOutOfRangeException(nameof(machine)),
    };

    private static string Processor(MachineMode mode) => mode switch
    {
        MachineMode.Tcg => TranslatedProcessor,
        MachineMode.Kvm => "host",
        _ => SnpProcessor,
    };

    private static IEnumerable<string> Snp(VirtualMachine machine)
    {
        if ((machine.Mode == MachineMode.Snp) != (machine.Snp is not null)) throw new ArgumentException("SEV-SNP settings belong to that mode alone", nameof(machine));
        if (machine.Snp is not { } snp) return [];
        if (snp.HostData.Length != 32) throw new ArgumentException($"HOST_DATA has 32 bytes, not {snp.HostData.Length}", nameof(machine));
        if ((snp.IdBlock.Length, snp.IdAuthentication.Length) is not ((0, 0) or (96, 4096))) throw new ArgumentException("an ID block has 96 bytes and 4096 of authentication", nameof(machine));
        var launch = $"sev-snp-guest,id=snp,cbitpos={Number(snp.EncryptionBit)},reduced-phys-bits=1,kernel-hashes=on,"
            + $"policy=0x{snp.GuestPolicy.ToString("x", CultureInfo.InvariantCulture)},host-data={Convert.ToBase64String(snp.HostData.Span)}";
        if (!snp.IdBlock.IsEmpty) launch += $",id-block={Convert.ToBase64String(snp.IdBlock.Span)},id-auth={Convert.ToBase64String(snp.IdAuthentication.Span)}";
        return ["-object", $"memory-backend-memfd,id=ram,size={Number(machine.MemoryMiB)}M,share=true", "-machine", "memory-backend=ram", "-bios", snp.Firmware, "-object", launch];
    }

    // No boot ROM: a measured machine boots from what it was given.
    private static IEnumerable<string> Card(VirtualMachine machine) => machine.Card is { } card
        ? ["-netdev", $"tap,id=net,ifname={Escape(card.Tap)},script=no,downscript=no", "-device", $"virtio-net-pci,netdev=net,mac={Escape(card.Mac)},romfile={Shared(machine.Mode)}"]
        : [];

    // A machine with memory of its own shares only what it decides to: devices go through its bounce buffers.
    private static string Shared(MachineMode mode) => mode == MachineMode.Snp ? ",disable-legacy=on,iommu_platform=true" : "";

    // A comma separates options; a doubled one is a comma.
    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
