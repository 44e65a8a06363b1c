namespace Cove.Outcomes;

/// <summary>One reason why something was not accepted: machine-readable, and enough for a person to act on.</summary>
/// <param name="Code">A stable code in kebab case, e.g. <c>report-signature-invalid</c>. Never reused for another meaning.</param>
/// <param name="Field">The field that did not satisfy, in the words of its format, e.g. <c>POLICY.DEBUG</c> or <c>containers[app].command</c>.</param>
/// <param name="Expected">What would have been accepted.</param>
/// <param name="Actual">What was found. Never a secret.</param>
/// <param name="Section">Where the rule stands, e.g. <c>SEV-SNP ABI 7.3</c>; null where no document governs it.</param>
public sealed record Finding(string Code, string Field, string Expected, string Actual, string? Section = null)
{
    /// <summary>One line: code, field, expected and actual.</summary>
    public override string ToString() => $"{Code}: {Field}: expected {Expected}, got {Actual}";
}
