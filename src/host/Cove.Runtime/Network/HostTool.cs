using System.Diagnostics;

namespace Cove.Runtime.Network;

/// <summary>How the host's own programs are started.</summary>
internal static class HostTool
{
    /// <summary>A program whose output is read here. Those for administrators are not on every user's path.</summary>
    public static ProcessStartInfo Start(string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        return start;
    }
}
