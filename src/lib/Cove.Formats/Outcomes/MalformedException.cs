namespace Cove.Outcomes;

/// <summary>Input that cannot be what it claims to be: wrong size, wrong magic, trailing bytes, over a limit.</summary>
/// <param name="format">What was being read, e.g. <c>SNP report</c>.</param>
/// <param name="field">The field that is wrong.</param>
/// <param name="problem">What is wrong and what was expected, e.g. <c>is 1183 bytes, expected 1184</c>.</param>
/// <param name="offset">Byte offset of the field in the input, where there is one.</param>
/// <param name="inner">The cause, where a parser below reported one.</param>
public sealed class MalformedException(string format, string field, string problem, long? offset = null, Exception? inner = null)
    : Exception(offset is null ? $"{format}: {field} {problem}" : $"{format}: {field} at offset {offset} {problem}", inner)
{
    /// <summary>What was being read.</summary>
    public string Format { get; } = format;

    /// <summary>The field that is wrong.</summary>
    public string Field { get; } = field;

    /// <summary>Byte offset of the field in the input, where there is one.</summary>
    public long? Offset { get; } = offset;
}
