using System.Security.Cryptography;
using System.Text;
using Cove.Hosting.CommandLine;

namespace Cove.Hosting.Storage.Pkcs11;

/// <summary>A token's PIN, zeroed when disposed: the first line of a file that only its owner may read, or an environment variable.</summary>
internal sealed class TokenPin : IDisposable
{
    private const string EnvironmentPrefix = "env://";
    private const string FilePrefix = "file:";
    private const int MaximumLength = 256;
    private const string Hint = "pin-source=file:/PATH of a file with mode 600, or pin-source=env://NAME";

    private TokenPin(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; }

    /// <exception cref="UsageException">The file or variable is not there, open to others, empty or too long.</exception>
    public static TokenPin Read(string source)
    {
        if (!source.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)) return FromFile(source.StartsWith(FilePrefix, StringComparison.Ordinal) ? LocalPath(source) : source);
        var name = source[EnvironmentPrefix.Length..];
        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? new(Encoding.UTF8.GetBytes(value)) : throw new UsageException($"the PIN's variable {name} is not set", Hint);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(Bytes);

    // file:/path or file:///path
    private static string LocalPath(string source) => source[FilePrefix.Length..] is ['/', '/', .. var path] ? path : source[FilePrefix.Length..];

    private static TokenPin FromFile(string file)
    {
        try
        {
            if ((File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
                throw new UsageException($"the PIN's file {file} is open to others", $"chmod 600 {file}");
            var buffer = new byte[MaximumLength + 1];
            try
            {
                using var stream = File.OpenRead(file);
                var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                if (length > MaximumLength) throw new UsageException($"the PIN's file {file} is longer than {MaximumLength} bytes", Hint);
                var line = buffer.AsSpan(0, length);
                if (line.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var end) line = line[..end];
                return line.IsEmpty ? throw new UsageException($"the PIN's file {file} is empty", Hint) : new(line.ToArray());
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the PIN's file {file} cannot be read: {e.Message}", Hint);
        }
    }
}
