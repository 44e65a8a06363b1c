namespace Cove.Images.Packing;

/// <summary>What an image is made of and how it runs. The same recipe over the same files gives the same digest.</summary>
public sealed record ImageRecipe
{
    /// <summary>The layers, base first; at least one.</summary>
    public required IReadOnlyList<PackedLayer> Layers { get; init; }

    /// <summary>The command's fixed part.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The arguments that a caller may replace.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment variables as NAME=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>User, or user:group; empty means root.</summary>
    public string User { get; init; } = "";

    /// <summary>The working directory, absolute; empty means the root.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Ports as PORT or PORT/PROTOCOL.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>The time of every file and of the image, in seconds since 1970 (SOURCE_DATE_EPOCH). Never the clock's.</summary>
    public long Time { get; init; }
}
