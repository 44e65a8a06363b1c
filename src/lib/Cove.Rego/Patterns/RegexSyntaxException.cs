namespace Cove.Rego.Patterns;

/// <summary>A pattern is not RE2 syntax.</summary>
internal sealed class RegexSyntaxException(string code, string part) : Exception($"error parsing regexp: {code}: `{part}`");
