using System.Security.Cryptography;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>
/// Every row of the vectors' table gives the result that the table lists. A row that nothing here knows fails: a new file needs a check, or
/// the row that it supports.
/// </summary>
public sealed class RecordedVectorTests
{
    private static readonly Dictionary<string, RecordedRow> Known =
        new IEnumerable<RecordedRow>[] { SnpRows.All, CertificateRows.All, QuoteRows.All, CollateralRows.All, EndorsementRows.All, ServiceRows.All, LaunchRows.All }
            .SelectMany(rows => rows).ToDictionary(row => row.Path, StringComparer.Ordinal);

    public static TheoryData<string> Rows() => [.. RecordedTable.Read().Keys];

    [Theory, MemberData(nameof(Rows))]
    public void A_row_gives_the_listed_result(string path)
    {
        var (size, hash) = RecordedTable.Read()[path];
        var bytes = File.ReadAllBytes(Cove.Tests.Vectors.Path(["attestation", .. path.Split('/')]));
        Assert.Equal((size, hash), (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))[..hash.Length]));
        Assert.True(Known.TryGetValue(path, out var row), "the table has a row that no check knows");
        if (row.Supports is { } other) Assert.True(Known.TryGetValue(other, out var supported) && supported.Check is not null, $"{other} has no check");
        else row.Check!();
    }

    [Fact]
    public void Every_check_is_of_a_row() => Assert.Empty(Known.Keys.Except(RecordedTable.Read().Keys));

    [Fact]
    public void The_table_lists_every_file()
    {
        var folder = Cove.Tests.Vectors.Path("attestation");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(file => file != "README.md");
        Assert.Empty(files.Except(RecordedTable.Read().Keys));
    }
}
