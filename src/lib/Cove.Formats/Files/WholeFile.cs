using System.Security.Cryptography;

namespace Cove.Formats.Files;

/// <summary>Small files that are whole or not there: written beside their place, flushed to the disk, then renamed. A crash leaves the old file or the new one.</summary>
public static class WholeFile
{
    /// <summary>Readable and writable by the owner alone.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Readable by everybody, writable by the owner.</summary>
    public const UnixFileMode Public = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Puts the file in place of whatever was there.</summary>
    /// <param name="path">Its place; the folder exists.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="mode">Its permissions from the moment it exists, less the process's umask.</param>
    /// <exception cref="IOException">It cannot be written; what was there before is unharmed.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Public)
    {
        var beside = WriteBeside(path, content, mode);
        try
        {
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Makes the file unless it exists: of several makers one wins, and nobody sees half of it.</summary>
    /// <returns>Whether it was this call that made it.</returns>
    /// <inheritdoc cref="Replace"/>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Public)
    {
        if (File.Exists(path)) return false;
        var beside = WriteBeside(path, content, mode);
        try
        {
            File.Move(beside, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(beside);
            return false;
        }
    }

    private static string WriteBeside(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var beside = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        try
        {
            using var file = new FileStream(beside, options);
            file.Write(content);
            file.Flush(flushToDisk: true);
            return beside;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
