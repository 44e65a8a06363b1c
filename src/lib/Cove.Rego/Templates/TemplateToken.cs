namespace Cove.Rego.Templates;

internal enum TemplateTokenKind
{
    Text,
    Open,
    Close,
    Space,
    Identifier,
    Field,
    Variable,
    Dot,
    Number,
    Character,
    String,
    RawString,
    Pipe,
    Declare,
    Assign,
    Comma,
    ParenOpen,
    ParenClose,
    End,
}

/// <summary>A token of a template, and where it begins.</summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int At)
{
    public override string ToString() => Kind == TemplateTokenKind.End ? "EOF" : Text.Length > 10 ? $"{Values.GoQuote.Quote(Text[..10])}..." : Values.GoQuote.Quote(Text);
}
