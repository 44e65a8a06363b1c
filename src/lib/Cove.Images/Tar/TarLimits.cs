namespace Cove.Images.Tar;

/// <summary>What is accepted of a tar; each limit is checked before memory is taken.</summary>
internal static class TarLimits
{
    /// <summary>Bytes of an extended header, a long name or a sparse map, as in Go's archive/tar.</summary>
    public const int MaximumHeaderData = 1 << 20;

    /// <summary>Bytes of a whole path: what Linux takes (PATH_MAX).</summary>
    public const int MaximumPath = 4096;

    /// <summary>Entries in one archive.</summary>
    public const int MaximumEntries = 1 << 22;
}
