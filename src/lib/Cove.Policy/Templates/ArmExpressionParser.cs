using System.Globalization;

namespace Cove.Policy.Templates;

/// <summary>Parses the text between the brackets of a template expression (spec key-vault-and-arm §5.2).</summary>
internal sealed class ArmExpressionParser
{
    private const int MaxLength = 24 * 1024; // Azure's own limit for one expression
    private const int MaxDepth = 64;

    private readonly string text;
    private readonly int end;
    private int at;
    private int depth;

    private ArmExpressionParser(string text)
    {
        this.text = text;
        end = text.Length - 1; // the closing bracket
        at = 1;
    }

    /// <summary>Whether a string of a template is an expression, and not text or an escaped bracket.</summary>
    internal static bool IsExpression(string text) =>
        text.Length >= 2 && text[0] == '[' && text[^1] == ']' && !text.StartsWith("[[", StringComparison.Ordinal);

    /// <summary>Parses a string for which <see cref="IsExpression"/> holds.</summary>
    /// <exception cref="ArmSyntaxException">It is not an expression of the template language.</exception>
    internal static ArmExpression Parse(string text)
    {
        if (text.Length > MaxLength) throw new ArmSyntaxException(0, $"the expression is {text.Length} characters, at most {MaxLength} are read");
        var parser = new ArmExpressionParser(text);
        var expression = parser.Expression();
        parser.SkipSpace();
        if (parser.at < parser.end) throw new ArmSyntaxException(parser.at, $"unexpected '{parser.text[parser.at]}' after the expression");
        return expression;
    }

    private ArmExpression Expression()
    {
        if (++depth > MaxDepth) throw new ArmSyntaxException(at, $"the expression is nested deeper than {MaxDepth}");
        SkipSpace();
        var start = at;
        ArmExpression expression = Current switch
        {
            '\'' => new ArmExpression.Literal(start, new ArmText(Quoted())),
            >= '0' and <= '9' or '-' or '+' => new ArmExpression.Literal(start, new ArmNumber(Number())),
            _ => Call(),
        };
        expression = Selectors(expression);
        depth--;
        return expression;
    }

    private ArmExpression Selectors(ArmExpression expression)
    {
        while (true)
        {
            SkipSpace();
            var start = at;
            var nullSafe = Current == '?' && at + 1 < end && text[at + 1] is '.' or '[';
            if (Current == '?' && nullSafe) at++;
            if (Current == '.')
            {
                at++;
                expression = new ArmExpression.Member(start, expression, new ArmExpression.Literal(at, new ArmText(Identifier())), nullSafe);
            }
            else if (Current == '[')
            {
                at++;
                if (Current == '?')
                {
                    nullSafe = true;
                    at++;
                }

                var selector = Expression();
                Expect(']');
                expression = new ArmExpression.Member(start, expression, selector, nullSafe);
            }
            else
            {
                return expression;
            }
        }
    }

    private ArmExpression.Call Call()
    {
        var start = at;
        var name = Identifier();
        SkipSpace();
        if (Current == '.')
        {
            at++;
            name = $"{name}.{Identifier()}";
            SkipSpace();
        }

        Expect('(');
        var arguments = new List<ArmExpression>();
        SkipSpace();
        if (Current == ')')
        {
            at++;
            return new ArmExpression.Call(start, name, arguments);
        }

        while (true)
        {
            arguments.Add(Expression());
            SkipSpace();
            if (Current == ',')
            {
                at++;
                continue;
            }

            Expect(')');
            return new ArmExpression.Call(start, name, arguments);
        }
    }

    private string Quoted()
    {
        var start = at++;
        var value = new System.Text.StringBuilder();
        while (at < end)
        {
            if (text[at] != '\'')
            {
                value.Append(text[at++]);
            }
            else if (at + 1 < end && text[at + 1] == '\'')
            {
                value.Append('\'');
                at += 2;
            }
            else
            {
                at++;
                return value.ToString();
            }
        }

        throw new ArmSyntaxException(start, "the string is not closed");
    }

    private decimal Number()
    {
        var start = at;
        if (Current is '-' or '+') at++;
        while (char.IsAsciiDigit(Current)) at++;
        return long.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new ArmSyntaxException(start, "expected a whole number of at most 64 bits");
    }

    private string Identifier()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '$') at++;
        if (at > start) return text[start..at];
        throw new ArmSyntaxException(start, at < end ? $"expected a name, found '{text[at]}'" : "expected a name, found the end of the expression");
    }

    private void Expect(char wanted)
    {
        SkipSpace();
        if (Current != wanted)
            throw new ArmSyntaxException(at, at < end ? $"expected '{wanted}', found '{text[at]}'" : $"expected '{wanted}', found the end of the expression");
        at++;
    }

    private char Current => at < end ? text[at] : '\0';

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Current)) at++;
    }
}
