using System.ComponentModel;
using System.Diagnostics;
using Cove.Outcomes;
using Cove.Runtime.Network;

namespace Cove.Runtime.Launch;

/// <summary>
/// A child that cannot outlive this process, in the group's network, and prints to a file that does. The kernel kills it when the thread that started it
/// ends, however that comes about: that thread is the network namespace's, which lives as long as the group.
/// </summary>
internal static class BoundProcess
{
    // The shell only sends what the child prints to the file; both it and setpriv become the child.
    private static readonly string[] Wrappers =
        ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh"];

    /// <summary>Starts it.</summary>
    /// <param name="what">What to call it in an error.</param>
    /// <param name="network">The group's network.</param>
    /// <param name="log">The file, made anew.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <exception cref="UnavailableException">This host has no setpriv.</exception>
    public static Process Start(string what, GroupNetwork network, string log, IEnumerable<string> command)
    {
        File.Delete(log);
        var start = new ProcessStartInfo("setpriv", [.. Wrappers, log, .. command]) { UseShellExecute = false, RedirectStandardInput = true };
        try
        {
            var process = network.Run(() => Process.Start(start)) ?? throw new UnavailableException(what, "setpriv did not start");
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception missing)
        {
            throw new UnavailableException("setpriv", missing.Message, missing);
        }
    }
}
