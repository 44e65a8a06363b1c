using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

/// <summary>Terms for well-known names.</summary>
internal static class Names
{
    public const string Input = "input";
    public const string Data = "data";

    /// <summary>The reference term of a function's dotted name.</summary>
    public static RefTerm Function(Location location, string dotted)
    {
        var names = dotted.Split('.');
        List<Term> parts = [new VarTerm(location, names[0])];
        for (var i = 1; i < names.Length; i++) parts.Add(Text(location, names[i]));
        return new RefTerm(location, parts);
    }

    public static ScalarTerm Text(Location location, string text) => new(location, new RegoString(text));

    public static bool IsRoot(string name) => name is Input or Data;

    public static bool IsIdentifier(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiLetter(text[0]) || text[0] == '_')) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }
}
