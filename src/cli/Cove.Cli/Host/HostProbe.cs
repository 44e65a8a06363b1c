using System.ComponentModel;
using System.Diagnostics;

namespace Cove.Cli.Host;

/// <summary>How the host is asked what it has. Tests answer for a host of their own.</summary>
/// <param name="IsRoot">Effective user id 0.</param>
/// <param name="Exists">Whether a path exists (files, folders and devices).</param>
/// <param name="Read">The text of a small file, null where it cannot be read.</param>
/// <param name="Try">Runs a program: its output's first line and whether it exited 0; null where there is no such program.</param>
internal sealed record HostProbe(bool IsRoot, Func<string, bool> Exists, Func<string, string?> Read, Func<string, string[], ProgramResult?> Try)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static HostProbe OfThisMachine() => new(Environment.IsPrivilegedProcess, path => File.Exists(path) || Directory.Exists(path), ReadFile, RunProgram);

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // "cannot be read" is the answer
        }
    }

    private static ProgramResult? RunProgram(string name, string[] arguments)
    {
        var start = new ProcessStartInfo(name) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        // Tools for administrators are not on every user's path.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return new(false, $"did not end within {Patience.TotalSeconds} s");
            }

            var text = output.GetAwaiter().GetResult() is { Length: > 0 } said ? said : error.GetAwaiter().GetResult();
            return new(process.ExitCode == 0, text.Split('\n')[0].Trim());
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }
}
