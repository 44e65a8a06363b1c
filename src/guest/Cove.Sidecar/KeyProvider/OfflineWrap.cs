using System.Security.Cryptography;
using Cove.Sidecar.CommandLine;

namespace Cove.Sidecar.KeyProvider;

/// <summary>Wraps the content of a file, writes base64 of the packet to another, and is done: what owners do outside a TEE.</summary>
internal static class OfflineWrap
{
    private const int InputLimit = 64 * 1024;

    /// <exception cref="SkrFailureException">A file is missing or cannot be read or written.</exception>
    public static async Task RunAsync(OfflineWrapSettings settings, SidecarLog log)
    {
        if (settings.KeyPath.Length == 0) throw new SkrFailureException("The key path is not specified for wrapping");
        if (settings.Output.Length == 0) throw new SkrFailureException("The output file is not specified");
        var data = await ReadAsync(settings.Input);
        try
        {
            if (!File.Exists(settings.KeyPath + "-info.json")) throw new SkrFailureException("The wrapping key info is not found");
            var packet = KeyWrapping.Wrap(settings.KeyPath, data);
            await File.WriteAllTextAsync(settings.Output, Convert.ToBase64String(packet.ToJson()));
            log.Info($"Success! The wrapped data is saved to {settings.Output}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkrFailureException($"Can't write output file {settings.Output}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= InputLimit
                ? await File.ReadAllBytesAsync(path)
                : throw new SkrFailureException($"Can't read input file {path}: it is {length} bytes, more than {InputLimit}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkrFailureException($"Can't read input file {path}", e);
        }
    }
}
