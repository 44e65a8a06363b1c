using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Runtime.Shim.Pods;

namespace Cove.Runtime.Shim.Commands;

/// <summary>
/// <c>start</c>: finds the shim that serves the bundle's group, or starts one, and answers with its address. Must end soon, and the shim must
/// not hold this process's output: containerd waits for both.
/// </summary>
internal static class StartCommand
{
    private const string MaxVersion = "MAX_SHIM_VERSION";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Look = TimeSpan.FromMilliseconds(20);

    public static async Task<string> RunAsync(ShimArguments arguments, string bundle, TimeProvider time)
    {
        var settings = ShimSettings.Load();
        var group = PodAnnotations.GroupOf(OciBundle.Read(bundle).Annotations, arguments.Id);
        var socket = Path.Combine(settings.Sockets, arguments.KeyOf(group));
        Directory.CreateDirectory(settings.Sockets);
        if (!await AnswersAsync(socket)) await SpawnAsync(arguments, group, socket, bundle, time);
        var address = $"unix://{socket}";

        // How containerd finds the shim again after it was restarted itself.
        await File.WriteAllTextAsync(Path.Combine(bundle, "address"), address);
        return int.TryParse(Environment.GetEnvironmentVariable(MaxVersion), out var version) && version >= 3 ? Bootstrap(address) : address;
    }

    /// <summary>The form that containerd 2 asks for.</summary>
    internal static string Bootstrap(string address)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            json.WriteString("address", address);
            json.WriteString("protocol", "ttrpc");
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static async Task SpawnAsync(ShimArguments arguments, string group, string socket, string bundle, TimeProvider time)
    {
        var said = Path.Combine(bundle, "shim-start.log");
        var program = Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? (string[])[host, typeof(StartCommand).Assembly.Location] : [Environment.ProcessPath!];

        // A session of its own, and nothing of this process's open: containerd reads our output to its end.
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = bundle };
        foreach (var argument in (string[])
        [
            "/bin/sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", said,
            .. program, "shim", "-namespace", arguments.Namespace, "-id", group, "-address", arguments.Address, "-bundle", bundle, .. arguments.Debug ? (string[])["-debug"] : [],
        ])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new UnavailableException("shim", "setsid did not start");
        process.StandardInput.Close();
        for (var began = time.GetTimestamp(); !await AnswersAsync(socket); await Task.Delay(Look, time))
        {
            if (process.HasExited) throw new UnavailableException("shim", $"it ended at once: {(File.Exists(said) ? await File.ReadAllTextAsync(said) : "")}");
            if (time.GetElapsedTime(began) > Patience) throw new UnavailableException("shim", $"it does not listen on {socket}");
        }
    }

    internal static async Task<bool> AnswersAsync(string socket)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
