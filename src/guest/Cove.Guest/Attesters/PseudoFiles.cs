namespace Cove.Guest.Attesters;

/// <summary>The few file calls that configfs and Gramine's attestation folder understand: whole values, one call each.</summary>
internal abstract class PseudoFiles
{
    /// <summary>The real ones.</summary>
    public static PseudoFiles Kernel { get; } = new KernelFiles();

    public abstract void CreateFolder(string path);

    public abstract void RemoveFolder(string path);

    /// <summary>Writes the whole value with one write(2), as kernel attributes demand.</summary>
    public abstract void Write(string path, ReadOnlySpan<byte> value);

    /// <summary>Reads the whole value.</summary>
    /// <exception cref="Cove.Outcomes.MalformedException">It is longer than <paramref name="limit"/> bytes.</exception>
    public abstract byte[] Read(string path, int limit);

    private sealed class KernelFiles : PseudoFiles
    {
        public override void CreateFolder(string path) => Directory.CreateDirectory(path);

        public override void RemoveFolder(string path) => Directory.Delete(path);

        public override void Write(string path, ReadOnlySpan<byte> value)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(value);
        }

        public override byte[] Read(string path, int limit)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var buffer = new byte[limit + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > limit) throw new Cove.Outcomes.MalformedException(path, "value", $"is longer than {limit} bytes");
            return buffer[..length];
        }
    }
}
