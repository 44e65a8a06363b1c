using Cove.Volumes.Stores;

namespace Cove.KeyService.Backup;

/// <summary>A backup in memory, in the form that uploads are made from.</summary>
internal sealed class BackupBytes(byte[] bytes) : IVolumeStore
{
    public long Length => bytes.Length;

    public bool IsWritable => false;

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => throw new NotSupportedException("a backup is not written to");

    public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
