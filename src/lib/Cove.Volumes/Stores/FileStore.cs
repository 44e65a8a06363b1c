using Cove.Outcomes;
using Microsoft.Win32.SafeHandles;

namespace Cove.Volumes.Stores;

/// <summary>A volume in a file of this machine.</summary>
public sealed class FileStore : IVolumeStore
{
    private readonly SafeFileHandle file;
    private readonly string path;

    private FileStore(SafeFileHandle file, string path, bool writable) => (this.file, this.path, IsWritable, Length) = (file, path, writable, RandomAccess.GetLength(file));

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public bool IsWritable { get; }

    /// <summary>Opens a file that exists.</summary>
    /// <exception cref="UnavailableException">It cannot be opened.</exception>
    public static FileStore Open(string path, bool writable)
    {
        try
        {
            return new FileStore(File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite), path, writable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"volume {path}", e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        // Synchronous: the platform has no other way to read a file, and a thread hop for each block costs more than the copy.
        var left = buffer.Span;
        try
        {
            while (left.Length > 0)
            {
                var read = RandomAccess.Read(file, left, offset);
                if (read == 0) throw new UnavailableException($"volume {path}", "it became shorter");
                left = left[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw new UnavailableException($"volume {path}", e.Message, e);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        try
        {
            RandomAccess.Write(file, data.Span, offset);
            return ValueTask.CompletedTask;
        }
        catch (IOException e)
        {
            throw new UnavailableException($"volume {path}", e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        try
        {
            RandomAccess.FlushToDisk(file);
            return ValueTask.CompletedTask;
        }
        catch (IOException e)
        {
            throw new UnavailableException($"volume {path}", e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
