using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cove.Rego.Templates;

/// <summary>Reads a template: text, pipelines, if, range, with, template, define, block, break, continue.</summary>
internal sealed class TemplateParser
{
    public const string Main = "template";

    private static readonly HashSet<string> Keywords = ["if", "range", "with", "template", "define", "block", "break", "continue", "else", "end", "nil", "true", "false"];

    private readonly string _text;
    private readonly List<TemplateToken> _tokens;
    private readonly Dictionary<string, List<TemplateNode>> _templates = [];
    private List<string> _variables = ["$"];
    private int _at;
    private int _ranges;

    private TemplateParser(string text)
    {
        _text = text;
        _tokens = new TemplateLexer(text).Run();
    }

    /// <summary>All templates of a text by name; the text itself is <see cref="Main"/>.</summary>
    /// <exception cref="TemplateException">The text is not a template.</exception>
    public static IReadOnlyDictionary<string, List<TemplateNode>> Parse(string text)
    {
        var parser = new TemplateParser(text);
        var body = parser.ParseList(out var end);
        if (end is not null) throw parser.Error($"unexpected {{{{{end}}}}}");
        parser._templates[Main] = body;
        return parser._templates;
    }

    private TemplateToken Current => _tokens[_at];

    private TemplateException Error(string message) => new($"template: {Main}:{1 + _text.AsSpan(0, Math.Min(Current.At, _text.Length)).Count('\n')}: {message}");

    private TemplateToken Take() => _tokens[_at < _tokens.Count - 1 ? _at++ : _at];

    private void SkipSpace()
    {
        while (Current.Kind == TemplateTokenKind.Space) _at++;
    }

    private bool IsKeyword(string word) => Current.Kind == TemplateTokenKind.Identifier && Current.Text == word;

    private TemplateException Unexpected(string context) => Current.Kind == TemplateTokenKind.End ? Error("unexpected EOF") : Error($"unexpected {Current} in {context}");

    private void ExpectClose(string context)
    {
        SkipSpace();
        if (Current.Kind != TemplateTokenKind.Close) throw Unexpected(context);
        Take();
    }

    /// <summary>Nodes up to an end or else, whose keyword is handed back with everything up to it consumed, or to the end of the text.</summary>
    private List<TemplateNode> ParseList(out string? end)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var nodes = new List<TemplateNode>();
        while (true)
        {
            var token = Take();
            if (token.Kind == TemplateTokenKind.End)
            {
                end = null;
                return nodes;
            }

            if (token.Kind == TemplateTokenKind.Text)
            {
                nodes.Add(new TextNode(token.At, token.Text));
                continue;
            }

            SkipSpace();
            if (IsKeyword("end") || IsKeyword("else"))
            {
                end = Take().Text;
                return nodes;
            }

            if (ParseAction() is { } node) nodes.Add(node);
        }
    }

    private TemplateNode? ParseAction()
    {
        var at = Current.At;
        switch (Current)
        {
            case { Kind: TemplateTokenKind.Identifier, Text: "if" or "range" or "with" }:
                return ParseBranch(Take());
            case { Kind: TemplateTokenKind.Identifier, Text: "template" }:
                Take();
                SkipSpace();
                return new CallTemplateNode(Current.At, ParseName("template clause"), ParseOptionalPipe("template clause"));
            case { Kind: TemplateTokenKind.Identifier, Text: "define" }:
                Take();
                ParseDefinition();
                return null;
            case { Kind: TemplateTokenKind.Identifier, Text: "block" }:
                Take();
                return ParseBlock();
            case { Kind: TemplateTokenKind.Identifier, Text: "break" or "continue" }:
                var word = Take().Text;
                if (_ranges == 0) throw Error($"{{{{{word}}}}} outside {{{{range}}}}");
                ExpectClose($"{{{{{word}}}}}");
                return word == "break" ? new BreakNode(at) : new ContinueNode(at);
            default:
                var pipe = ParsePipe("command", TemplateTokenKind.Close);
                return new ActionNode(at, pipe);
        }
    }

    private string ParseName(string context)
    {
        SkipSpace();
        if (Current.Kind is not (TemplateTokenKind.String or TemplateTokenKind.RawString)) throw Unexpected(context);
        return TemplateLexer.Unquote(Take().Text) ?? throw Error("invalid syntax");
    }

    private PipeNode? ParseOptionalPipe(string context)
    {
        SkipSpace();
        if (Current.Kind != TemplateTokenKind.Close) return ParsePipe(context, TemplateTokenKind.Close);
        Take();
        return null;
    }

    private void ParseDefinition()
    {
        var name = ParseName("define clause");
        ExpectClose("define clause");
        Define(name);
    }

    private CallTemplateNode ParseBlock()
    {
        SkipSpace();
        var at = Current.At;
        var name = ParseName("block clause");
        var pipe = ParsePipe("block clause", TemplateTokenKind.Close);
        Define(name);
        return new CallTemplateNode(at, name, pipe);
    }

    private void Define(string name)
    {
        var (variables, ranges) = (_variables, _ranges);
        (_variables, _ranges) = (["$"], 0);
        var body = ParseList(out var end);
        if (end != "end") throw Error(end is null ? "unexpected EOF" : $"unexpected {{{{{end}}}}} in define clause");
        ExpectClose("end");
        (_variables, _ranges) = (variables, ranges);
        _templates[name] = body;
    }

    private BranchNode ParseBranch(TemplateToken keyword)
    {
        var known = _variables.Count;
        var kind = keyword.Text switch
        {
            "if" => BranchKind.If,
            "range" => BranchKind.Range,
            _ => BranchKind.With,
        };
        var pipe = ParsePipe(keyword.Text, TemplateTokenKind.Close, isRange: kind == BranchKind.Range);
        if (kind == BranchKind.Range) _ranges++;
        var body = ParseList(out var end);
        if (kind == BranchKind.Range) _ranges--;
        List<TemplateNode> otherwise = [];
        if (end == "else")
        {
            SkipSpace();
            if (kind != BranchKind.Range && IsKeyword(keyword.Text)) otherwise = [ParseBranch(Take())];
            else
            {
                ExpectClose("else");
                otherwise = ParseList(out end);
                if (end == "else") throw Error("expected end; found {{else}}");
                if (end is null) throw Error("unexpected EOF");
                ExpectClose("end");
            }
        }
        else if (end is null)
        {
            throw Error("unexpected EOF");
        }
        else
        {
            ExpectClose("end");
        }

        _variables.RemoveRange(known, _variables.Count - known);
        return new BranchNode(keyword.At, kind, pipe, body, otherwise);
    }

    private PipeNode ParsePipe(string context, TemplateTokenKind end, bool isRange = false)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        SkipSpace();
        var at = Current.At;
        var (variables, isAssignment) = ParseDeclaration(context, isRange);
        var commands = new List<CommandNode>();
        while (true)
        {
            SkipSpace();
            if (Current.Kind == end)
            {
                if (commands.Count == 0) throw Error($"missing value for {context}");
                Take();
                break;
            }

            if (Current.Kind is TemplateTokenKind.Close or TemplateTokenKind.End) throw Unexpected(context);
            var command = ParseCommand();
            if (commands.Count > 0 && command.Operands[0] is ConstantOperand or DotOperand or NilOperand)
                throw Error($"non executable command in pipeline stage {commands.Count + 1}");
            commands.Add(command);
        }

        if (!isAssignment) _variables.AddRange(variables);
        return new PipeNode(at, variables, isAssignment, commands);
    }

    private (List<string> Variables, bool IsAssignment) ParseDeclaration(string context, bool isRange)
    {
        var mark = _at;
        var variables = new List<string>();
        while (Current.Kind == TemplateTokenKind.Variable)
        {
            var name = Take().Text;
            variables.Add(name);
            SkipSpace();
            if (Current.Kind == TemplateTokenKind.Comma && isRange && variables.Count == 1)
            {
                Take();
                SkipSpace();
                continue;
            }

            if (Current.Kind == TemplateTokenKind.Comma) throw Error($"too many declarations in {context}");
            if (Current.Kind is not (TemplateTokenKind.Declare or TemplateTokenKind.Assign)) break;
            var isAssignment = Take().Kind == TemplateTokenKind.Assign;
            if (isAssignment && variables.Find(v => !_variables.Contains(v)) is { } unknown) throw Error($"undefined variable \"{unknown}\"");
            return (variables, isAssignment);
        }

        _at = mark;
        return ([], false);
    }

    private CommandNode ParseCommand()
    {
        SkipSpace();
        var at = Current.At;
        var operands = new List<OperandNode>();
        while (true)
        {
            SkipSpace();
            if (Current.Kind == TemplateTokenKind.Pipe)
            {
                Take();
                SkipSpace();
                if (Current.Kind is TemplateTokenKind.Close or TemplateTokenKind.ParenClose) throw Error("missing value for command");
                break;
            }

            if (Current.Kind is TemplateTokenKind.Close or TemplateTokenKind.ParenClose) break;
            operands.Add(ParseOperand());
            if (Current.Kind is not (TemplateTokenKind.Space or TemplateTokenKind.Pipe or TemplateTokenKind.Close or TemplateTokenKind.ParenClose)) throw Unexpected("operand");
        }

        return operands.Count == 0 ? throw Error("empty command") : new CommandNode(at, operands);
    }

    private OperandNode ParseOperand()
    {
        var operand = ParseTerm();
        if (Current.Kind != TemplateTokenKind.Field) return operand;
        var at = Current.At;
        var names = new List<string>();
        while (Current.Kind == TemplateTokenKind.Field) names.Add(Take().Text[1..]);
        return operand switch
        {
            FieldOperand field => new FieldOperand(at, [.. field.Names, .. names]),
            VariableOperand variable => new VariableOperand(at, variable.Name, [.. variable.Names, .. names]),
            ConstantOperand or NilOperand or DotOperand => throw Error($"unexpected . after term \"{operand}\""),
            _ => new ChainOperand(at, operand, names),
        };
    }

    private OperandNode ParseTerm()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TemplateTokenKind.Identifier:
                return ParseWord();
            case TemplateTokenKind.Dot:
                Take();
                return new DotOperand(token.At);
            case TemplateTokenKind.Variable:
                if (!_variables.Contains(token.Text)) throw Error($"undefined variable \"{token.Text}\"");
                Take();
                return new VariableOperand(token.At, token.Text, []);
            case TemplateTokenKind.Field:
                Take();
                return new FieldOperand(token.At, [token.Text[1..]]);
            case TemplateTokenKind.Number or TemplateTokenKind.Character:
                Take();
                return new ConstantOperand(token.At, Number(token), token.Text);
            case TemplateTokenKind.String or TemplateTokenKind.RawString:
                Take();
                return new ConstantOperand(token.At, TemplateValue.Of(TemplateLexer.Unquote(token.Text) ?? throw Error("invalid syntax")), token.Text);
            case TemplateTokenKind.ParenOpen:
                Take();
                return new PipeOperand(token.At, ParsePipe("parenthesized pipeline", TemplateTokenKind.ParenClose));
            default:
                throw Unexpected("operand");
        }
    }

    private OperandNode ParseWord()
    {
        var token = Take();
        if (token.Text is "true" or "false") return new ConstantOperand(token.At, TemplateValue.Of(token.Text == "true"), token.Text);
        if (token.Text == "nil") return new NilOperand(token.At);
        if (Keywords.Contains(token.Text)) throw Error($"unexpected <{token.Text}> in operand");
        return TemplateFunctions.Exists(token.Text) ? new FunctionOperand(token.At, token.Text) : throw Error($"function \"{token.Text}\" not defined");
    }

    private TemplateValue Number(TemplateToken token)
    {
        var text = token.Text;
        if (token.Kind == TemplateTokenKind.Character)
        {
            var value = TemplateLexer.Unquote(text);
            if (value is null || !Rune.TryGetRuneAt(value.Length == 0 ? " " : value, 0, out var rune) || rune.Utf16SequenceLength != value.Length)
                throw Error($"malformed character constant: {text}");
            return TemplateValue.Of((long)rune.Value);
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var isNegative = digits[0] == '-';
        if (digits[0] is '+' or '-') digits = digits[1..];
        var (style, radix) = digits.Length > 2 && digits[0] == '0' && char.IsAsciiLetter(digits[1]) ? (char.ToLowerInvariant(digits[1]), digits[2..]) : (' ', digits);
        if (style == 'x' && ulong.TryParse(radix, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return Signed(hex, isNegative);
        if (style == 'b' && ulong.TryParse(radix, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var binary)) return Signed(binary, isNegative);
        if (style == 'o' || (style == ' ' && digits.Length > 1 && digits[0] == '0' && digits.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0))
        {
            ulong octal = 0;
            foreach (var c in radix)
            {
                if (c is < '0' or > '7' || octal > ulong.MaxValue / 8) throw Error($"bad number syntax: {Values.GoQuote.Quote(text)}");
                octal = (octal * 8) + (ulong)(c - '0');
            }

            return Signed(octal, isNegative);
        }

        if (digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var plain) ? Signed(plain, isNegative) : throw Error($"integer overflow: {Values.GoQuote.Quote(text)}");
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? TemplateValue.Of(isNegative ? -number : number)
            : throw Error($"bad number syntax: {Values.GoQuote.Quote(text)}");
    }

    private TemplateValue Signed(ulong magnitude, bool isNegative)
    {
        if (magnitude <= long.MaxValue) return TemplateValue.Of(isNegative ? -(long)magnitude : (long)magnitude);
        return isNegative && magnitude == 1UL << 63 ? TemplateValue.Of(long.MinValue) : throw Error("integer overflow");
    }
}
