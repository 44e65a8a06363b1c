using Cove.Cli.Output;
using Cove.Formats.Der;

namespace Cove.Cli.Evidence;

/// <summary>
/// What <c>cove verify</c> and <c>cove evidence show</c> were given, as one kind of thing. Another kind is one more class, and its line in
/// <see cref="GivenFile"/>.
/// </summary>
internal abstract class Given
{
    /// <summary>What a person calls it, e.g. <c>SEV-SNP report</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Its name in JSON, as the claim <c>x-ms-attestation-type</c> has it where there is one.</summary>
    public abstract string Type { get; }

    /// <summary>The certificates that came along.</summary>
    public virtual IReadOnlyList<Certificate> Certificates => [];

    /// <summary>What it says, in the words of its format. None of it is verified.</summary>
    public abstract IEnumerable<(string Field, string Value)> Fields();

    /// <summary>Whether it is genuine, and acceptable.</summary>
    public abstract Task<Answer> Verify(Verification verification, CancellationToken cancellation);
}
