using Cove.Outcomes;

namespace Cove.Attestation.Measurement;

/// <summary>
/// A guest image's folder: <c>vmlinuz</c>, <c>initrd</c>, <c>cmdline</c> and <c>firmware.fd</c>. Everything that a launch measures but the
/// number of processors lies in it, so whoever has the folder can tell the measurement of every machine launched from it.
/// </summary>
public sealed class GuestImage
{
    /// <summary>The processor type whose signature a launch measures, by QEMU's name.</summary>
    public const string ProcessorName = "EPYC-Milan";

    /// <summary>Longest command line, in bytes: what the kernel takes.</summary>
    public const int MaximumCommandLine = 2048;

    private readonly OvmfImage firmware;

    private GuestImage(string folder, string commandLine, OvmfImage firmware) => (Folder, CommandLine, this.firmware) = (folder, commandLine, firmware);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The kernel's file.</summary>
    public string Kernel => Path.Combine(Folder, "vmlinuz");

    /// <summary>The initial file system's file.</summary>
    public string InitialFiles => Path.Combine(Folder, "initrd");

    /// <summary>The firmware's file.</summary>
    public string Firmware => Path.Combine(Folder, "firmware.fd");

    /// <summary>The kernel's command line, exactly as it is to be passed.</summary>
    public string CommandLine { get; }

    /// <summary>Opens an image.</summary>
    /// <exception cref="UnavailableException">A file of it cannot be read.</exception>
    /// <exception cref="MalformedException">The command line is not printable ASCII, or the firmware is no OVMF image.</exception>
    public static GuestImage Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            var file = new FileInfo(Path.Combine(folder, "cmdline"));
            if (file.Length > MaximumCommandLine) throw new MalformedException("guest image", "cmdline", $"is {file.Length} bytes, at most {MaximumCommandLine}");
            var text = File.ReadAllText(file.FullName);
            if (text.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new MalformedException("guest image", "cmdline", "is not one line of printable ASCII");
            var firmware = new FileInfo(Path.Combine(folder, "firmware.fd"));
            if (firmware.Length > OvmfImage.MaximumSize) throw new MalformedException("guest image", "firmware.fd", $"is over {OvmfImage.MaximumSize} bytes");
            var image = new GuestImage(folder, text, OvmfImage.Parse(File.ReadAllBytes(firmware.FullName)));
            foreach (var needed in (string[])[image.Kernel, image.InitialFiles])
            {
                if (!File.Exists(needed)) throw new UnavailableException("guest image", $"there is no {needed}");
            }

            return image;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException("guest image", unreadable.Message, unreadable);
        }
    }

    /// <summary>MEASUREMENT of a machine with this image, 48 bytes: what <c>cove measure</c> computes from the same files.</summary>
    /// <param name="processors">Virtual processors, 1 to <see cref="SnpLaunch.MaximumProcessors"/>.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="MalformedException">The firmware cannot vouch for a kernel.</exception>
    public async Task<byte[]> MeasureAsync(int processors, CancellationToken cancellation = default)
    {
        await using var kernel = File.OpenRead(Kernel);
        await using var files = File.OpenRead(InitialFiles);
        var launch = new SnpLaunch
        {
            Firmware = firmware,
            Kernel = await KernelHashes.OfAsync(kernel, files, CommandLine, cancellation),
            Processors = processors,
            ProcessorSignature = ProcessorType.Find(ProcessorName)!.Value,
        };
        return launch.Measure();
    }
}
