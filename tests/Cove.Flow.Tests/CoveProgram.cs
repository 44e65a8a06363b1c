using System.Diagnostics;

namespace Cove.Tests.Flow;

/// <summary>Types <c>./cove</c> commands, with a state folder of its own that is thrown away at the end.</summary>
public sealed class CoveProgram : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly string root = FindRoot();

    /// <summary>The state folder, <c>$COVE_HOME</c>.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("cove-flow-").FullName;

    /// <summary>The sample that every story starts from.</summary>
    public string Sample => Path.Combine(root, "samples", "sealed-note");

    /// <summary>A Kubernetes Deployment with a ConfigMap, a Secret, an init container and two sidecars.</summary>
    public string Deployment => Path.Combine(root, "samples", "tide-table");

    /// <summary>How commands are started; tests of other hosts than this one start them there.</summary>
    internal Func<ProcessStartInfo, Process> Start { get; set; } = command => Process.Start(command)!;

    /// <summary>Skips where the host cannot run a group, saying why.</summary>
    public static void RequireHost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "running a group needs root on Linux");
        foreach (var program in (string[])["runc", "busybox", "openssl", "unshare", "setsid"])
            Assert.SkipUnless(Find(program), $"this host lacks {program}: apt-get install runc busybox-static openssl util-linux");
    }

    /// <summary>Skips where the host cannot run a machine or build its image, saying why.</summary>
    public static void RequireMachines()
    {
        Assert.SkipUnless(Find("qemu-system-x86_64"), "this host lacks QEMU: apt-get install --no-install-recommends qemu-system-x86");
        Assert.SkipUnless(Find("gcc") || Find("clang"), "this host lacks a C linker for the guest's agent: apt-get install clang");
        Assert.SkipUnless(Find("apt-get") && Find("dpkg-deb"), "the guest image is made of Debian's packages, and this host has no apt");
    }

    /// <summary>Whether machines run on this host's processor, and not on QEMU's translator.</summary>
    public static bool IsAccelerated => File.Exists("/dev/kvm") && (Directory.Exists("/sys/module/kvm_amd") || Directory.Exists("/sys/module/kvm_intel"));

    /// <summary>Runs one command to its end.</summary>
    public async Task<Said> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(root, "cove"), arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["COVE_HOME"] = Home;
        start.Environment["NO_COLOR"] = "1";
        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>A copy of the sample that a test may change.</summary>
    public string CopySample()
    {
        var copy = Directory.CreateTempSubdirectory("cove-sample-").FullName;
        foreach (var file in Directory.GetFiles(Sample, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(Sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(Home, "dev"))) await RunAsync("dev", "down");
        Directory.Delete(Home, recursive: true);
    }

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("the tests do not lie in a checkout");
    }
}
