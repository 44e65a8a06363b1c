using System.ComponentModel;
using System.Diagnostics;

namespace Cove.Cli.Development;

/// <summary>Programs of the host that a command waits for.</summary>
internal static class Programs
{
    /// <summary>Runs one to its end.</summary>
    /// <exception cref="CommandFailedException">There is no such program.</exception>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (Win32Exception)
        {
            throw CommandFailedException.Unavailable("program-missing", $"no program {name} on this host", "cove doctor");
        }
    }

    /// <summary>Where a program lies; administrators' folders count even where they are not on the path.</summary>
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"]);
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
