using System.Diagnostics;
using System.Security.Cryptography;
using Cove.Formats.Certificates;

namespace Cove.Services.Tests.Keys;

/// <summary>A token of SoftHSM in a folder of its own, with one AES key in it.</summary>
internal sealed class SoftToken : IDisposable
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    private const string Label = "cove test";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-softhsm-");

    public SoftToken()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "tokens"));
        File.WriteAllText(Configuration, $"directories.tokendir = {Path.Combine(_folder.FullName, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n");
        SetPin("1234");
        Run("--init-token", "--free", "--label", Label, "--pin", "1234", "--so-pin", "12345678");
        Import("master", 32, "01");
    }

    public string Configuration => Path.Combine(_folder.FullName, "softhsm2.conf");

    public string PinFile => Path.Combine(_folder.FullName, "pin");

    public string Uri(string key = "master", string token = "cove%20test", string module = Module) => $"pkcs11:token={token};object={key};type=secret-key?module-path={module}&pin-source=file:{PinFile}";

    public void SetPin(string pin)
    {
        File.Delete(PinFile);
        PrivateFile.Write(PinFile, System.Text.Encoding.ASCII.GetBytes(pin + "\n"));
    }

    public void Import(string label, int length, string id)
    {
        var file = Path.Combine(_folder.FullName, "imported");
        // The tool takes the file for text: a zero or the end of a line would end the key.
        File.WriteAllText(file, RandomNumberGenerator.GetHexString(length));
        Run("--import", file, "--aes", "--token", Label, "--label", label, "--id", id, "--pin", "1234", "--force");
        File.Delete(file);
    }

    /// <summary>Removes all keys, as somebody with the PIN could.</summary>
    public void Empty()
    {
        Directory.Delete(Path.Combine(_folder.FullName, "tokens"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "tokens"));
        Run("--init-token", "--free", "--label", Label, "--pin", "1234", "--so-pin", "12345678");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("softhsm2-util", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = Configuration;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"softhsm2-util {string.Join(' ', arguments)}: {output.Result}{error.Result}");
    }
}
