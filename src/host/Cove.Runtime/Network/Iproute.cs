using System.Diagnostics;
using Cove.Outcomes;

namespace Cove.Runtime.Network;

/// <summary>The programs of iproute2, run in the network namespace of the thread that calls.</summary>
internal static class Iproute
{
    private const int MaxAnswer = 4 * 1024 * 1024;

    /// <summary>Runs <c>ip</c>; the answer is what it printed, and an empty JSON list where that is nothing.</summary>
    /// <exception cref="UnavailableException">The host lacks it, or the kernel refused.</exception>
    public static string Ip(params string[] arguments) => Run("ip", arguments);

    /// <summary>Runs <c>tc</c>.</summary>
    /// <exception cref="UnavailableException">The host lacks it, or the kernel refused.</exception>
    public static string Tc(params string[] arguments) => Run("tc", arguments);

    private static string Run(string program, string[] arguments)
    {
        var start = HostTool.Start(program, arguments);
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start) ?? throw new UnavailableException(program, "did not start");
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var command = $"{program} {string.Join(' ', arguments)}";
            if (process.ExitCode != 0) throw new UnavailableException("network", $"{command}: {error.GetAwaiter().GetResult().Trim()}");
            if (output.Length > MaxAnswer) throw new UnavailableException("network", $"{command} says more than {MaxAnswer} characters");
            return output.Length > 0 ? output : "[]";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new UnavailableException(program, $"{missing.Message}: sudo apt-get install -y iproute2", missing);
        }
    }
}
