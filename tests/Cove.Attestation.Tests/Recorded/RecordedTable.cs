using System.Globalization;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>The table in the README of the attestation vectors.</summary>
internal static class RecordedTable
{
    /// <summary>Path, size in bytes and the first 16 hex digits of the SHA-256 of each file.</summary>
    public static IReadOnlyDictionary<string, (int Size, string Hash)> Read()
    {
        Dictionary<string, (int, string)> rows = new(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Cove.Tests.Vectors.Path("attestation", "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            rows.Add(cells[1].Trim('`'), (int.Parse(cells[2], CultureInfo.InvariantCulture), cells[3]));
        }

        return rows;
    }
}
