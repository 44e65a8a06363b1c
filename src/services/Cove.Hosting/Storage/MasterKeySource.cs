using System.Security.Cryptography;
using Cove.Hosting.CommandLine;

namespace Cove.Hosting.Storage;

/// <summary>A master key as it lies open: in a file or in a variable.</summary>
internal static class MasterKeySource
{
    private const string EnvironmentPrefix = "env://";

    /// <summary>The key's bytes, which the caller zeroes.</summary>
    /// <exception cref="UsageException">The file is missing, of another length, or open to others; the variable is not set or no such key.</exception>
    public static byte[] Read(string source)
        => source.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) ? FromEnvironment(source[EnvironmentPrefix.Length..]) : FromFile(source);

    private static byte[] FromEnvironment(string name)
    {
        var hint = $"{name}=$(head -c {MasterKey.Length} /dev/urandom | base64)";
        var text = Environment.GetEnvironmentVariable(name) ?? throw new UsageException($"the master key's variable {name} is not set", hint);
        var key = GC.AllocateArray<byte>(MasterKey.Length, pinned: true);
        if (Convert.TryFromBase64String(text, key, out var length) && length == MasterKey.Length) return key;
        CryptographicOperations.ZeroMemory(key);
        throw new UsageException($"the master key's variable {name} is not base64 of {MasterKey.Length} bytes", hint);
    }

    private static byte[] FromFile(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
                throw new UsageException($"the master key {file} is open to others", $"chmod 600 {file}");
            using var stream = File.OpenRead(file);
            if (stream.Length != MasterKey.Length)
                throw new UsageException($"the master key {file} is {stream.Length} bytes, expected {MasterKey.Length}",
                    $"head -c {MasterKey.Length} /dev/urandom > FILE; chmod 600 FILE");
            var key = GC.AllocateArray<byte>(MasterKey.Length, pinned: true);
            stream.ReadExactly(key);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the master key {file} cannot be read: {e.Message}", $"head -c {MasterKey.Length} /dev/urandom > FILE; chmod 600 FILE");
        }
    }
}
