using System.Diagnostics;
using System.Text;
using Cove.Guest.Attesters;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests;

/// <summary>
/// The image's file system as eng/skr-rootfs made it: the trimmed executable does what the tested one does, alone with its libraries. Its /tmp is
/// covered, because the next run packs this folder as it is.
/// </summary>
public sealed class RootFileSystemTests : IDisposable
{
    private readonly string devices = Directory.CreateTempSubdirectory("cove-dev-").FullName;

    public void Dispose() => Directory.Delete(devices, recursive: true);

    [Fact]
    public async Task Releases_a_key_over_the_roots_that_SSL_CERT_FILE_names()
    {
        using var authority = new TestAuthority();
        await using var services = await FakeServices.StartAsync(authority);
        await using var processor = new FakeProcessor(Path.Combine(devices, "cove-sp"), Recordings.Evidence().Report);
        await File.WriteAllTextAsync(Path.Combine(devices, "ca.pem"), authority.Root.ExportCertificatePem());
        using var skr = await StartAsync(new() { ["SSL_CERT_FILE"] = "/dev/ca.pem" });

        Assert.Equal(Recordings.Body(41), await ReleaseAsync(skr, services));
    }

    [Fact]
    public async Task Releases_nothing_over_other_roots()
    {
        using var authority = new TestAuthority();
        await using var services = await FakeServices.StartAsync(authority);
        await using var processor = new FakeProcessor(Path.Combine(devices, "cove-sp"), Recordings.Evidence().Report);
        using var skr = await StartAsync([]);

        Assert.Contains("maa post request failed", await ReleaseAsync(skr, services), StringComparison.Ordinal);
        Assert.Empty(services.Requests);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var root = Path.Combine(folder.FullName, "artifacts", "product", "skr");
            if (File.Exists(Path.Combine(root, "bin", "skr"))) return root;
        }

        Assert.Skip("artifacts/product/skr is not there (eng/skr-rootfs artifacts/product/skr makes it)");
        return string.Empty;
    }

    private static async Task<string> ReleaseAsync(Running skr, FakeServices services)
    {
        using var client = new HttpClient { BaseAddress = skr.Address };
        Assert.Equal("""{"message":"Status OK"}""", await client.GetStringAsync("/status"));
        var endpoint = $"localhost:{services.TlsPort}";
        using var body = new StringContent($$"""{"maa_endpoint":"{{endpoint}}","akv_endpoint":"{{endpoint}}","kid":"octkey","access_token":"tok"}""");
        using var response = await client.PostAsync("/key/release", body);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<Running> StartAsync(Dictionary<string, string> environment)
    {
        var root = Root();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "changing the root folder takes root");
        var start = new ProcessStartInfo("unshare") { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment.Remove("SSL_CERT_FILE");
        string[] arguments = ["--mount", "sh", "-eu", "-c", "mknod -m 666 $1/urandom c 1 9; mount -t proc proc $0/proc; mount -t tmpfs tmp $0/tmp; mount --bind $1 $0/dev; exec chroot $0 /bin/skr -port 0", root, devices];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        // The services listen on this machine, where only a group on a simulated processor may connect to.
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(devices, "context")).FullName, LaunchFact.FileName), LaunchFact.Simulated);
        environment["UVM_SECURITY_CONTEXT_DIR"] = "/dev/context";
        environment["UVM_HOST_AMD_CERTIFICATE"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(SecurityContext.Thim(Recordings.Evidence().Tcb)));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? string.Empty;
        Assert.StartsWith("ready http://127.0.0.1:", line, StringComparison.Ordinal);
        return new Running(process, new Uri(line["ready ".Length..]));
    }

    private sealed class Running(Process process, Uri address) : IDisposable
    {
        public Uri Address => address;

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
