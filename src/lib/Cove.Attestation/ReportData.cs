using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// The 64 bytes a requester has bound into evidence: SNP REPORT_DATA, TDX REPORTDATA, SGX REPORTDATA. Always all 64: nothing is padded
/// for the caller, except in the one convention that has a name (<see cref="FromRuntimeData"/>).
/// </summary>
public sealed class ReportData : IEquatable<ReportData>
{
    /// <summary>Bytes of report data.</summary>
    public const int Size = 64;

    private readonly byte[] bytes;

    /// <summary>Binds these bytes as they are.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes; copied.</param>
    /// <exception cref="MalformedException">Another size.</exception>
    public ReportData(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new MalformedException("report data", "value", $"is {bytes.Length} bytes, expected {Size}");
        this.bytes = bytes.ToArray();
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>
    /// Binds runtime data the way attestation services check it: SHA-256 of the data in the first 32 bytes, zero in the others.
    /// </summary>
    public static ReportData FromRuntimeData(ReadOnlySpan<byte> runtimeData)
    {
        Span<byte> value = stackalloc byte[Size];
        value.Clear();
        SHA256.HashData(runtimeData, value);
        return new ReportData(value);
    }

    /// <summary>True for the same 64 bytes.</summary>
    public bool Equals(ReportData? other) => other is not null && bytes.AsSpan().SequenceEqual(other.bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ReportData);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    /// <summary>Lower-case hex, 128 digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(bytes);
}
