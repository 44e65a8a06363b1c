namespace Cove.Guest.Fuse;

/// <summary>The one file that a mount shows. Its calls come from several threads at once, and block until they are done.</summary>
public sealed class FuseFile
{
    /// <summary>Bytes; the file never grows.</summary>
    public required long Length { get; init; }

    /// <summary>Whether it can be written.</summary>
    public required bool IsWritable { get; init; }

    /// <summary>Reads at a place; fewer bytes than asked for only at the end.</summary>
    public required Func<long, Memory<byte>, int> Read { get; init; }

    /// <summary>Writes at a place inside the file.</summary>
    public required Action<long, ReadOnlyMemory<byte>> Write { get; init; }

    /// <summary>Returns when what was written before is durable.</summary>
    public required Action Flush { get; init; }

    /// <summary>Told why a call failed; whoever made it sees an input/output error.</summary>
    public required Action<Exception> Failed { get; init; }
}
