using System.Buffers;

namespace Cove.Images;

/// <summary>The one spelling of hashes that is accepted.</summary>
internal static class Hexadecimal
{
    private static readonly SearchValues<char> LowerCase = SearchValues.Create("0123456789abcdef");

    public static bool IsLowerCase(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerCase);
}
