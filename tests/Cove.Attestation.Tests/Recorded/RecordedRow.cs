namespace Cove.Attestation.Tests.Recorded;

/// <summary>What the tests do with one file of the vectors' table: a check of what the table expects of it, or the row that needs it.</summary>
/// <param name="Path">The file, as the table names it.</param>
/// <param name="Check">Fails where the result is not the listed one; null for a file that supports another row.</param>
/// <param name="Supports">The row whose check reads this file; null for a file with a check of its own.</param>
internal sealed record RecordedRow(string Path, Action? Check, string? Supports)
{
    public static RecordedRow Of(string path, Action check) => new(path, check, null);

    public static RecordedRow Supporting(string path, string row) => new(path, null, row);
}
