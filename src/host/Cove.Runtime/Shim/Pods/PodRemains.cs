using System.Globalization;
using System.Runtime.InteropServices;
using Cove.Runtime.Launch;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What a pod leaves on the host, and how it is cleaned away: by the shim itself, or by <c>delete</c> where the shim died.</summary>
internal static partial class PodRemains
{
    private const string ProcessFile = "guest.pid";
    private const int Kill = 9;

    /// <summary>Writes down which process to end.</summary>
    public static void Note(string folder, IGuestHost agent)
    {
        if (agent.ProcessId is { } process) File.WriteAllText(Path.Combine(folder, ProcessFile), process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Ends a guest that nobody holds any more. The kernel ends its containers with it, and undoes its mounts.</summary>
    public static void End(string folder)
    {
        var file = Path.Combine(folder, ProcessFile);
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var process)) return;
        try
        {
            // Numbers are used again: only a process that was started with this very folder is the one.
            var command = File.ReadAllText($"/proc/{process}/cmdline");
            if (command.Contains(folder + "/", StringComparison.Ordinal)) _ = kill(process, Kill);
        }
        catch (IOException)
        {
            // It is gone.
        }
    }

    /// <summary>Removes the folder.</summary>
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
