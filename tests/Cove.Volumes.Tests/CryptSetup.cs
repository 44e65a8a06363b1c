using System.Diagnostics;

namespace Cove.Volumes.Tests;

/// <summary>The real cryptsetup, on image files: none of what is asked of it here takes root or device-mapper.</summary>
internal static class CryptSetup
{
    public static void Require() => Assert.SkipUnless(Path is not null, "cryptsetup is not here (apt-get install cryptsetup-bin)");

    public static int Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TestContext.Current.TestOutputHelper?.WriteLine(error.GetAwaiter().GetResult());
        return process.ExitCode;
    }

    private static string? Path => new[] { "/usr/sbin/cryptsetup", "/sbin/cryptsetup", "/usr/bin/cryptsetup" }.FirstOrDefault(File.Exists);
}
