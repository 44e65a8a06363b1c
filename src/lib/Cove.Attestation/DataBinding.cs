using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Whether a field of the evidence binds data: SHA-256 of the data, then zeros to the field's end.</summary>
internal static class DataBinding
{
    public static void Check(string code, string field, RuntimeData? data, ReadOnlySpan<byte> bound, string section, List<Finding> findings)
    {
        if (data is null) return;
        Span<byte> expected = stackalloc byte[ReportData.Size];
        expected.Clear();
        SHA256.HashData(data.Bytes.Span, expected);
        expected = expected[..bound.Length];
        if (!CryptographicOperations.FixedTimeEquals(expected, bound))
            findings.Add(new(code, field, $"SHA-256 of the data, {Convert.ToHexStringLower(expected)}", Convert.ToHexStringLower(bound), section));
    }
}
