namespace Cove.Policy.Model;

/// <summary>What a policy needs to know of an image. Whoever reads images provides it.</summary>
public sealed record ImageFacts
{
    /// <summary>dm-verity root hashes of the layers, base layer first: 64 lower-case hexadecimal digits each (spec §5).</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>The image's entry point; null where it has none.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>The image's default arguments; null where it has none.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Environment as <c>NAME=VALUE</c>, in image order.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The image's user, <c>user[:group]</c>, names or numbers; empty for none.</summary>
    public string User { get; init; } = "";

    /// <summary>The image's working directory; empty for none.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The image's stop signal, e.g. <c>SIGTERM</c> or <c>15</c>; null for none.</summary>
    public string? StopSignal { get; init; }
}
