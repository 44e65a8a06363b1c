using System.Diagnostics;
using System.Globalization;

namespace Cove.Bench;

/// <summary>The yardstick of everything that hashes: what openssl itself does on one core, by the clock as we are measured.</summary>
internal static class OpenSslSpeed
{
    /// <summary>Megabytes (10^6 bytes) a second of SHA-256 over blocks of 4096 bytes.</summary>
    public static double Sha256()
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", ["speed", "-elapsed", "-evp", "sha256", "-bytes", "4096", "-seconds", "1"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("openssl did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors.GetAwaiter().GetResult();
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith("sha256 ", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException("openssl speed printed no rate for sha256");
        var thousands = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd('k'), CultureInfo.InvariantCulture);
        return thousands * 1000 / 1e6;
    }
}
