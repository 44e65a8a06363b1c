using System.Security.Cryptography;

namespace Cove.Images.Store;

/// <summary>
/// Files that appear whole or not at all: written beside their place, flushed to the disk, then renamed. Two writers of the same
/// content-addressed file do no harm to each other.
/// </summary>
internal static class AtomicFile
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    /// <summary>Writes through a callback; a failure in it leaves no trace and whatever was there before.</summary>
    public static T Write<T>(string path, string temporaryFolder, Func<FileStream, (string FinalPath, T Result)> write)
    {
        Directory.CreateDirectory(temporaryFolder);
        var temporary = Path.Combine(temporaryFolder, $"{Path.GetFileName(path)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        try
        {
            T result;
            string final;
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
            {
                (final, result) = write(stream);
                stream.Flush(flushToDisk: true);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(final)!);
            File.Move(temporary, final, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes what writers that were killed left behind, told by its age: nobody writes one file for a day.</summary>
    public static void RemoveAbandoned(string temporaryFolder, TimeProvider time)
    {
        if (!Directory.Exists(temporaryFolder)) return;
        var limit = time.GetUtcNow().UtcDateTime - AbandonedAfter;
        foreach (var path in Directory.EnumerateFiles(temporaryFolder).Where(path => File.GetLastWriteTimeUtc(path) < limit)) File.Delete(path);
    }

    public static void Write(string path, string temporaryFolder, ReadOnlySpan<byte> content)
    {
        var copy = content.ToArray();
        Write(path, temporaryFolder, stream =>
        {
            stream.Write(copy);
            return (path, copy.Length);
        });
    }
}
