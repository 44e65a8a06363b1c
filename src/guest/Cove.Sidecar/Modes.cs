using System.Text;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Encfs;

namespace Cove.Sidecar;

/// <summary>
/// One binary, chosen by the name it is started under or by its first argument: an image can hold <c>/bin/skr</c>, <c>/bin/encfs</c> and the
/// script names <c>/skr.sh</c> and <c>/encfs.sh</c> of the reference as links to it, and needs no shell.
/// </summary>
internal static class Modes
{
    private const int UsageError = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var name = StartedAs();
        var (mode, rest) = name switch
        {
            "skr" or "skr.sh" => ("skr", arguments),
            "encfs" or "encfs.sh" or "remotefs" => ("encfs", arguments),
            _ => (arguments.FirstOrDefault(), arguments.Skip(1).ToArray()),
        };
        try
        {
            return mode switch
            {
                "skr" when name == "skr.sh" => LeaveResult(await SkrMode.RunAsync(rest)),
                "skr" => await SkrMode.RunAsync(rest),
                "encfs" when name == "encfs.sh" => await EncfsScriptAsync(rest),
                "encfs" => await EncfsMode.RunAsync(rest, () => { }),
                "--help" or "-h" or "help" => ShowModes(Console.Out, 0),
                null => ShowModes(Console.Error, UsageError),
                _ => throw new UsageException($"unknown mode: {mode}"),
            };
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ShowModes(Console.Error, UsageError);
        }
    }

    /// <summary>It leaves 1 as soon as all is mounted, and goes on; the reference's script goes on after a failure too, and so hides it.</summary>
    private static async Task<int> EncfsScriptAsync(string[] arguments)
    {
        var code = await EncfsMode.RunAsync(arguments, () => LeaveResult(0));
        return code == 0 ? code : LeaveResult(code);
    }

    /// <summary>The start script of the reference's image leaves this file in its folder: 1 after success, 0 after failure.</summary>
    private static int LeaveResult(int code)
    {
        try
        {
            File.WriteAllText("result", code == 0 ? "1\n" : "0\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"level=warning msg=the file result could not be written: {e.Message}");
        }

        return code;
    }

    private static int ShowModes(TextWriter output, int code)
    {
        output.WriteLine("usage: Cove.Sidecar skr [flags]   releases keys to this container group (skr --help lists the flags)");
        output.WriteLine("       Cove.Sidecar encfs [flags] mounts encrypted volumes for this container group (encfs --help lists the flags)");
        return code;
    }

    /// <summary>The last part of argv[0], which .NET does not hand on.</summary>
    private static string StartedAs()
    {
        try
        {
            var line = File.ReadAllBytes("/proc/self/cmdline");
            var end = Array.IndexOf(line, (byte)0);
            return Path.GetFileName(Encoding.UTF8.GetString(line, 0, end < 0 ? line.Length : end));
        }
        catch (IOException)
        {
            // No /proc: the first argument decides.
            return string.Empty;
        }
    }
}
