using System.Diagnostics;
using System.Globalization;

namespace Cove.Bench;

/// <summary>The yardsticks: what openssl itself does on one core.</summary>
internal static class OpenSslSpeed
{
    /// <summary>Megabytes (10^6 bytes) a second of SHA-256 over blocks of 4096 bytes, by the clock.</summary>
    public static double Sha256()
    {
        var line = Speed("sha256 ", "-elapsed", "-evp", "sha256", "-bytes", "4096");
        var thousands = double.Parse(line.Cells[1].TrimEnd('k'), CultureInfo.InvariantCulture);
        return thousands * 1000 / 1e6;
    }

    /// <summary>Megabytes (10^6 bytes) a second of AES-256-XTS over sectors of 4096 bytes, by the clock.</summary>
    public static double Aes256Xts()
    {
        var line = Speed("AES-256-XTS ", "-elapsed", "-evp", "aes-256-xts", "-bytes", "4096");
        return double.Parse(line.Cells[1].TrimEnd('k'), CultureInfo.InvariantCulture) * 1000 / 1e6;
    }

    /// <summary>Operations a processor second of a signature algorithm, e.g. <c>ecdsap384</c>, from the named column.</summary>
    public static double Operations(string algorithm, string column)
    {
        // The line begins with the size in bits; the columns of the heading and of the line end together.
        var (cells, heading) = Speed(algorithm.StartsWith("rsa", StringComparison.Ordinal) ? "rsa " : " ", algorithm);
        var fromEnd = heading.Length - Array.IndexOf(heading, column);
        return double.Parse(cells[^fromEnd], CultureInfo.InvariantCulture);
    }

    private static (string[] Cells, string[] Heading) Speed(string lineStart, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", ["speed", "-seconds", "1", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("openssl did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors.GetAwaiter().GetResult();
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.FindLastIndex(lines, l => l.StartsWith(lineStart, StringComparison.OrdinalIgnoreCase));
        if (at < 1) throw new InvalidOperationException($"openssl speed printed no rate for {arguments[^1]}");
        return (Cells(lines[at]), Cells(lines[at - 1]));
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
