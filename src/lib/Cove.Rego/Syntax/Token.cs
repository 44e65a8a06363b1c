namespace Cove.Rego.Syntax;

internal enum TokenKind : byte
{
    Eof,
    Illegal,
    Identifier,
    Number,
    String,
    RawString,
    TemplateStart,
    TemplateText,
    TemplateOpen,
    TemplateClose,
    TemplateEnd,
    LBracket,
    RBracket,
    LBrace,
    RBrace,
    LParen,
    RParen,
    Comma,
    Colon,
    Semicolon,
    Dot,
    Plus,
    Minus,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Eq,
    Equal,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Assign,
}

/// <summary>One token. <paramref name="Text"/> is the identifier, number, or decoded string; <paramref name="Problem"/> is what an illegal one has wrong.</summary>
internal readonly record struct Token(
    TokenKind Kind, string Text, int Offset, int End, int Row, int Column, bool SpaceBefore, bool NewlineBefore, string? Problem = null)
{
    public Location At(SourceText source) => new(source, Offset, Row, Column) { End = End };

    /// <summary>The name that error messages give the token.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.Eof => "eof",
        TokenKind.Identifier => "identifier",
        TokenKind.Number => "number",
        TokenKind.String or TokenKind.RawString => "string",
        TokenKind.TemplateStart or TokenKind.TemplateText or TokenKind.TemplateEnd => "template-string-part",
        TokenKind.TemplateOpen or TokenKind.LBrace => "{",
        TokenKind.TemplateClose or TokenKind.RBrace => "}",
        TokenKind.LBracket => "[",
        TokenKind.RBracket => "]",
        TokenKind.LParen => "(",
        TokenKind.RParen => ")",
        TokenKind.Comma => ",",
        TokenKind.Colon => ":",
        TokenKind.Semicolon => ";",
        TokenKind.Dot => ".",
        TokenKind.Illegal => "illegal",
        _ => OperatorName,
    };

    /// <summary>The builtin that an operator stands for.</summary>
    public string OperatorName => Kind switch
    {
        TokenKind.Plus => "plus",
        TokenKind.Minus => "minus",
        TokenKind.Mul => "mul",
        TokenKind.Div => "div",
        TokenKind.Rem => "rem",
        TokenKind.And => "and",
        TokenKind.Or => "or",
        TokenKind.Eq => "eq",
        TokenKind.Equal => "equal",
        TokenKind.Neq => "neq",
        TokenKind.Lt => "lt",
        TokenKind.Lte => "lte",
        TokenKind.Gt => "gt",
        TokenKind.Gte => "gte",
        TokenKind.Assign => "assign",
        _ => "",
    };
}
