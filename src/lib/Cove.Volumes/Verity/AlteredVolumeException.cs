using Cove.Outcomes;

namespace Cove.Volumes.Verity;

/// <summary>Bytes of a volume are not those that its root hash stands for. What was read of them is given to nobody.</summary>
/// <param name="finding">Which, with the code <see cref="Code"/>.</param>
public sealed class AlteredVolumeException(Finding finding) : Exception(finding.ToString())
{
    /// <summary>The code of the finding.</summary>
    public const string Code = "volume-content-altered";

    /// <summary>Which bytes.</summary>
    public Finding Finding { get; } = finding;

    internal static Finding Of(string field, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        new(Code, field, Convert.ToHexStringLower(expected), Convert.ToHexStringLower(actual), "dm-verity, hash tree");
}
