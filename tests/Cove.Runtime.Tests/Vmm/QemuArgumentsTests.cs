using System.Diagnostics;
using System.Net.Sockets;
using Cove.Attestation.Measurement;
using Cove.Protocol.Launch;
using Cove.Runtime.Launch;
using Cove.Runtime.Vmm;

namespace Cove.Tests.Vmm;

public sealed class QemuArgumentsTests
{
    private static readonly SnpSettings Snp = new("/fw/OVMF.fd", Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x3001F);

    [Fact]
    public void A_translated_machine_is_exactly_this() => Assert.Equal(
        """
        -nodefaults -no-user-config -nographic -no-reboot
        -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
        -name cove,debug-threads=on
        -machine q35,accel=tcg,vmport=off,smbus=off,sata=off,usb=off,graphics=off
        -cpu max,-erms,-fsrm,-la57
        -smp 2
        -m 1536M
        -rtc base=utc
        -kernel /image/vmlinuz
        -initrd /image/initrd
        -append quiet panic=-1
        -chardev file,id=console,path=/group/agent.log
        -serial chardev:console
        -device virtio-serial-pci,id=ports,max_ports=2
        -chardev socket,id=agent,path=/group/port.sock
        -device virtserialport,bus=ports.0,chardev=agent,name=cove.agent
        -device virtio-scsi-pci,id=layers
        -blockdev driver=raw,node-name=scratch,discard=unmap,file.driver=file,file.filename=/group/scratch,file.cache.no-flush=on
        -device scsi-hd,bus=layers.0,drive=scratch,scsi-id=255,lun=0,physical_block_size=4096
        -chardev socket,id=monitor,path=/group/monitor.sock,server=on,wait=off
        -mon chardev=monitor,mode=control
        """,
        Text(Machine(MachineMode.Tcg)));

    [Fact]
    public void A_machine_on_the_processor_differs_in_who_executes_it_and_nothing_else()
    {
        var expected = Text(Machine(MachineMode.Tcg)).Replace("accel=tcg", "accel=kvm", StringComparison.Ordinal).Replace("-cpu max,-erms,-fsrm,-la57", "-cpu host", StringComparison.Ordinal);
        Assert.Equal(expected, Text(Machine(MachineMode.Kvm)));
    }

    [Fact]
    public void A_machine_under_snp_is_launched_measured_with_the_policys_hash() => Assert.Equal(
        """
        -nodefaults -no-user-config -nographic -no-reboot
        -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
        -name cove,debug-threads=on
        -machine q35,accel=kvm,kernel_irqchip=split,confidential-guest-support=snp,vmport=off,smbus=off,sata=off,usb=off,graphics=off
        -cpu EPYC-Milan
        -smp 2
        -m 1536M
        -object memory-backend-memfd,id=ram,size=1536M,share=true
        -machine memory-backend=ram
        -bios /fw/OVMF.fd
        -object sev-snp-guest,id=snp,cbitpos=51,reduced-phys-bits=1,kernel-hashes=on,policy=0x3001f,host-data=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
        -rtc base=utc
        -kernel /image/vmlinuz
        -initrd /image/initrd
        -append quiet panic=-1
        -chardev file,id=console,path=/group/agent.log
        -serial chardev:console
        -device virtio-serial-pci,id=ports,max_ports=2,disable-legacy=on,iommu_platform=true
        -chardev socket,id=agent,path=/group/port.sock
        -device virtserialport,bus=ports.0,chardev=agent,name=cove.agent
        -device virtio-scsi-pci,id=layers,disable-legacy=on,iommu_platform=true
        -blockdev driver=raw,node-name=scratch,discard=unmap,file.driver=file,file.filename=/group/scratch,file.cache.no-flush=on
        -device scsi-hd,bus=layers.0,drive=scratch,scsi-id=255,lun=0,physical_block_size=4096
        -chardev socket,id=monitor,path=/group/monitor.sock,server=on,wait=off
        -mon chardev=monitor,mode=control
        """,
        Text(Machine(MachineMode.Snp) with { Snp = Snp }));

    [Theory]
    [InlineData("tcg", "accel=tcg", false)]
    [InlineData("kvm", "accel=kvm", false)]
    [InlineData("snp", "confidential-guest-support=snp", true)]
    public void A_launch_becomes_the_machine_of_its_mode_with_the_policys_hash_where_hardware_keeps_it(string mode, string board, bool bound)
    {
        var folder = Directory.CreateTempSubdirectory("cove-launch-").FullName;
        try
        {
            // An image's folder, of which only the firmware is read before a measurement.
            foreach (var name in (string[])["vmlinuz", "initrd", "cmdline"]) File.WriteAllText(Path.Combine(folder, name), "quiet");
            File.Copy(Vectors.Path("attestation", "virtee-sev-snp-measure", "ovmf_AmdSev_suffix.bin"), Path.Combine(folder, "firmware.fd"));
            using var group = GroupFolder.Take(Path.Combine(folder, "group"));
            var hash = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
            var words = QemuArguments.Of(VirtualMachine.Of(GuestImage.Open(folder), new LaunchMachine(folder, mode, 512, 1), group, hash));
            Assert.Contains(words, word => word.Contains(board, StringComparison.Ordinal));
            Assert.Equal(bound, words.Any(word => word.Contains("host-data=" + Convert.ToBase64String(hash), StringComparison.Ordinal)));
            Assert.Equal(bound, words.Contains(Path.Combine(folder, "firmware.fd")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("tcg", "virtio-net-pci,netdev=net,mac=02:00:00:00:00:07,romfile=")]
    [InlineData("snp", "virtio-net-pci,netdev=net,mac=02:00:00:00:00:07,romfile=,disable-legacy=on,iommu_platform=true")]
    public void A_network_card_is_a_tap_device_and_its_address(string mode, string device)
    {
        var machine = mode == "snp" ? Machine(MachineMode.Snp) with { Snp = Snp } : Machine(MachineMode.Tcg);
        var words = QemuArguments.Of(machine with { Card = new MachineCard("cove0", "02:00:00:00:00:07") });
        Assert.Equal(["-netdev", "tap,id=net,ifname=cove0,script=no,downscript=no", "-device", device], words.SkipWhile(word => word != "-netdev").Take(4));
        Assert.DoesNotContain("-netdev", QemuArguments.Of(machine));
    }

    [Fact]
    public void An_id_block_is_passed_with_its_authentication()
    {
        var words = QemuArguments.Of(Machine(MachineMode.Snp) with { Snp = Snp with { IdBlock = new byte[96], IdAuthentication = new byte[4096] } });
        Assert.Contains(words, word => word.Contains($",id-block={Convert.ToBase64String(new byte[96])},id-auth={Convert.ToBase64String(new byte[4096])}", StringComparison.Ordinal));
    }

    [Fact]
    public void Snp_settings_that_no_hardware_would_take_are_refused()
    {
        Assert.Throws<ArgumentException>(() => QemuArguments.Of(Machine(MachineMode.Snp)));
        Assert.Throws<ArgumentException>(() => QemuArguments.Of(Machine(MachineMode.Kvm) with { Snp = Snp }));
        Assert.Throws<ArgumentException>(() => QemuArguments.Of(Machine(MachineMode.Snp) with { Snp = Snp with { HostData = new byte[31] } }));
        Assert.Throws<ArgumentException>(() => QemuArguments.Of(Machine(MachineMode.Snp) with { Snp = Snp with { IdBlock = new byte[96] } }));
    }

    [Fact]
    public void A_comma_in_a_path_does_not_become_another_option() =>
        Assert.Contains("socket,id=agent,path=/a,,b/port.sock", QemuArguments.Of(Machine(MachineMode.Tcg) with { AgentSocket = "/a,b/port.sock" }));

    /// <summary>Where this QEMU knows SEV-SNP it must take every word, and stop only because there is no such hardware.</summary>
    [Fact]
    public async Task A_qemu_that_knows_snp_parses_the_whole_command_line()
    {
        Assert.SkipUnless(await SaysAsync("-object", "help") is { } objects && objects.Contains("sev-snp-guest", StringComparison.Ordinal), "no QEMU here that knows sev-snp-guest: apt-get install -t bookworm-backports qemu-system-x86");
        var folder = Directory.CreateTempSubdirectory("cove-qemu-").FullName;
        try
        {
            using var agent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            agent.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "port")));
            agent.Listen();
            File.WriteAllBytes(Path.Combine(folder, "scratch"), new byte[4096]);
            var machine = Machine(MachineMode.Snp) with
            {
                Snp = Snp, AgentSocket = Path.Combine(folder, "port"), Kernel = "/dev/null", InitialFiles = "/dev/null", ConsoleLog = Path.Combine(folder, "log"), MonitorSocket = Path.Combine(folder, "monitor"), ScratchFile = Path.Combine(folder, "scratch"),
            };
            Assert.Contains("KVM", await SaysAsync([.. QemuArguments.Of(machine)]), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static VirtualMachine Machine(MachineMode mode) => new()
    {
        Mode = mode,
        Kernel = "/image/vmlinuz",
        InitialFiles = "/image/initrd",
        CommandLine = "quiet panic=-1",
        MemoryMiB = 1536,
        Processors = 2,
        AgentSocket = "/group/port.sock",
        MonitorSocket = "/group/monitor.sock",
        ScratchFile = "/group/scratch",
        ConsoleLog = "/group/agent.log",
    };

    /// <summary>One option with its value a line.</summary>
    private static string Text(VirtualMachine machine) => string.Join(' ', QemuArguments.Of(machine)).Replace(" -", "\n-", StringComparison.Ordinal)
        .Replace("-nodefaults\n-no-user-config\n-nographic\n-no-reboot", "-nodefaults -no-user-config -nographic -no-reboot", StringComparison.Ordinal);

    private static async Task<string?> SaysAsync(params string[] arguments)
    {
        try
        {
            using var qemu = Process.Start(new ProcessStartInfo(QemuProcess.Program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = qemu.StandardError.ReadToEndAsync();
            var output = await qemu.StandardOutput.ReadToEndAsync();
            await qemu.WaitForExitAsync();
            return output + await error;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
