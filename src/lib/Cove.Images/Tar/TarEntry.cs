namespace Cove.Images.Tar;

/// <summary>What an entry makes in the file system.</summary>
internal enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}

/// <summary>A stretch of an entry's logical content: bytes of the archive, or a hole that reads as zeros.</summary>
internal readonly record struct TarRun(long Length, bool IsHole);

/// <summary>One extended attribute; the name is a byte string (<see cref="ByteText"/>).</summary>
internal sealed record TarAttribute(string Name, byte[] Value);

/// <summary>One entry with every extension applied. Names are byte strings (<see cref="ByteText"/>), as written, not normalised.</summary>
internal sealed record TarEntry
{
    public required long Offset { get; init; }

    public required TarEntryKind Kind { get; init; }

    public required string Name { get; init; }

    public string LinkName { get; init; } = "";

    /// <summary>The mode field: only the low 12 bits matter to a file system.</summary>
    public long Mode { get; init; }

    public long UserId { get; init; }

    public long GroupId { get; init; }

    /// <summary>Bytes of logical content, holes included; 0 for everything but a file.</summary>
    public long Size { get; init; }

    public TarTime? Modified { get; init; }

    public TarTime? Accessed { get; init; }

    public TarTime? Changed { get; init; }

    public long DeviceMajor { get; init; }

    public long DeviceMinor { get; init; }

    public IReadOnlyList<TarAttribute> Attributes { get; init; } = [];

    /// <summary>The content, in order.</summary>
    public IReadOnlyList<TarRun> Runs { get; init; } = [];
}
